#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Reads what an administrator would read by hand instead of `nicfix check`, in as few calls as
# possible: the zones in use with target, forward and interfaces, the permanent zone of each uplink,
# and the links, addresses and routes. It decides nothing, and leaves out policies, direct rules and
# panic mode.
set -euo pipefail

default=$(firewall-cmd --get-default-zone)
active=$(firewall-cmd --get-active-zones)
printf '%s\n' "$active"
mapfile -t zones < <({ printf '%s\n' "$default"; grep -v '^ ' <<<"$active"; } | sed 's/ .*//' | sort -u)
for zone in "${zones[@]}"; do
    if [[ -n $zone ]]; then
        firewall-cmd --zone="$zone" --list-all
    fi
done

ip link show
ip address show
ip route show table all
ip -6 route show table all
mapfile -t uplinks < <(ip route show default | grep -o 'dev [^ ]*' | cut -d ' ' -f 2 | sort -u)
for uplink in "${uplinks[@]}"; do
    firewall-cmd --permanent --get-zone-of-interface="$uplink" || true # 2: in none
done
