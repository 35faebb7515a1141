/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a bridge does with frames that it switches, and with packets that come back to it. */
#pragma once

#include "model/host/flow.h"
#include "model/host/snapshot.h"

/* Whether netfilter's chains for IP see the frames that BRIDGE switches (br_netfilter). */
bool bridge_shows_frames(const Snapshot *snapshot, const Link *bridge, Family family);

/* Whether a packet from FROM to TO that comes in on BRIDGE and leaves through it is switched: where
 * both ends are hosts of one of its networks. Otherwise this host routes it from one of BRIDGE's
 * networks to another. A bridge without an address switches all it forwards. */
bool bridge_switches(const Link *bridge, const FlowAddress *from, const FlowAddress *to);

/* Whether BRIDGE sends a frame out through the port that it came in on: hairpin mode, which is each
 * port's own. MAYBE where its ports differ, or are not known. */
Match bridge_returns_frames(const Snapshot *snapshot, const Link *bridge);

/* Whether BRIDGE passes nothing from one port of its own to another: isolated ports (bridge(8)) only
 * speak with those that are not, and with this host. MAYBE where it depends on the ports. */
Match bridge_isolates(const Snapshot *snapshot, const Link *bridge);

/* Whether different hosts behind BRIDGE are behind the same port of it, and that port sends nothing
 * back: its forwarding database is not read. A container's link has one host behind it, any other port
 * may lead to a whole network. */
Match bridge_hosts_share_port(const Snapshot *snapshot, const Link *bridge);
