#!/usr/bin/python
# SPDX-License-Identifier: GPL-2.0-or-later
# GNU General Public License, version 2, or at your option version 3 or any later version
# (see https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs `nicfix apply` on the host, and says what it says."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
---
module: nicfix
short_description: Bind the uplinks that no accepting zone of firewalld covers
description:
  - Runs C(nicfix apply) on the host. It makes the fixes that C(nicfix check) offers, reads the host again, and undoes
    everything if the result is not what was predicted.
  - There is no option for C(--force). If nicfix refuses something for safety, a person should look at it.
options:
  zone:
    description: The zone to bind to. By default nicfix chooses.
    type: str
  interfaces:
    description: The interfaces to bind. By default every interface that the fix needs.
    type: list
    elements: str
    default: []
  move:
    description: Move an interface out of the zone it is bound to.
    type: bool
    default: false
  enable_forward:
    description: Switch on the zone's intra-zone forwarding if it is off.
    type: bool
    default: false
  bind_downstream:
    description: Also bind the downstreams whose traffic is rejected.
    type: bool
    default: false
  runtime_only:
    description: Change only the running firewall. The next reload of firewalld undoes it.
    type: bool
    default: false
  uplinks:
    description: Interfaces that are also treated as uplinks.
    type: list
    elements: str
    default: []
  downstreams:
    description: Interfaces whose traffic the host is there to forward.
    type: list
    elements: str
    default: []
  timeout:
    description: Timeout of each call to a service, in seconds.
    type: int
    default: 10
  executable:
    description: The program on the host; a full path if it is not in C(PATH).
    type: str
    default: nicfix
requirements:
  - nicfix and firewalld on the host
notes:
  - Supports C(check_mode) and C(diff_mode).
author:
  - The nicfix authors (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Cover the uplinks
  nicfix.firewalld.nicfix:
    zone: public

- name: Let nicfix choose the zone, and move an interface that is in another one
  nicfix.firewalld.nicfix:
    move: true
  register: covered

- name: Show how many errors are left
  ansible.builtin.debug:
    msg: "{{ covered.document.after.errors | default(covered.document.before.errors) }}"
"""

RETURN = r"""
document:
  description: What C(nicfix apply --json) wrote; nicfix-json(5) describes it. Not there if it wrote nothing.
  returned: always
  type: dict
  sample: {schema: nicfix.apply/1, changed: true, dry_run: false, zone: public, verified: true, rolled_back: false}
cmd:
  description: The command line.
  returned: always
  type: list
  elements: str
  sample: [nicfix, apply, --json, --timeout, '10', --zone, public]
rc:
  description:
    - The exit status. 2 is wrong input or a refusal, 3 an unreachable firewalld, 4 missing authorisation.
    - With 5 everything was undone, with 6 something could not be undone, and with 7 the change was made and only its
      report was lost.
  returned: always
  type: int
  sample: 0
hint:
  description: What to do about the failure.
  returned: on failure, where nicfix has one
  type: str
  sample: run nicfix as root
"""

import json

from ansible.module_utils.basic import AnsibleModule

FLAGS = ("move", "enable_forward", "bind_downstream", "runtime_only")
UNREPORTED = 7  # the change was made


def command_line(module):
    """The command that does what the task asks for."""
    params = module.params
    words = [module.get_bin_path(params["executable"], required=True), "apply", "--json"]
    words += ["--timeout", str(params["timeout"])]
    if params["zone"]:
        words += ["--zone", params["zone"]]
    for option in ("interface", "uplink", "downstream"):
        for name in params[option + "s"]:
            words += ["--" + option, name]
    words += ["--" + flag.replace("_", "-") for flag in FLAGS if params[flag]]
    return words + (["--dry-run"] if module.check_mode else [])


def document_of(text):
    """The JSON document that nicfix wrote, or None."""
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def zone_of(name):
    """As a person says it."""
    return "zone %s" % name if name else "no zone"


def sides(action):
    """What an action changes: a line before it, and one after it."""
    operation = action["op"]
    if operation in ("bind", "unbind", "move"):
        lines = ["%s in %s" % (action["interface"], zone_of(action[side])) for side in ("from", "to")]
    else:
        verb, dummy, what = operation.partition("-")
        subject = what if action["value"] is None else "%s %s" % (what, action["value"])
        if action["to"]:
            subject = "%s, %s" % (zone_of(action["to"]), subject)
        lines = ["%s: %s" % (subject, state) for state in ("no", "yes")]
        if verb in ("disable", "remove"):
            lines.reverse()
    return ["%s: %s\n" % (action["scope"], line) for line in lines]


def diff_of(document):
    """The plan, or what was done, in the form that Ansible shows as a diff."""
    pairs = [sides(action) for action in document["actions"]]
    return {
        "before": "".join(before for before, dummy in pairs),
        "after": "".join(after for dummy, after in pairs),
    }


def report_failure(module, result, error, stderr):
    """Ends the module with nicfix's own words."""
    message = error.get("message") or stderr.strip() or "nicfix ended with exit status %d and no message" % result["rc"]
    if error.get("hint"):
        result["hint"] = error["hint"]
        message = "%s; %s" % (message, error["hint"])
    result["changed"] = result["changed"] or result["rc"] == UNREPORTED
    module.fail_json(msg=message, **result)


def main():
    """Entry point."""
    names = {"type": "list", "elements": "str", "default": []}
    module = AnsibleModule(
        argument_spec={
            "zone": {"type": "str"},
            "interfaces": names,
            "move": {"type": "bool", "default": False},
            "enable_forward": {"type": "bool", "default": False},
            "bind_downstream": {"type": "bool", "default": False},
            "runtime_only": {"type": "bool", "default": False},
            "uplinks": names,
            "downstreams": names,
            "timeout": {"type": "int", "default": 10},
            "executable": {"type": "str", "default": "nicfix"},
        },
        supports_check_mode=True,
    )
    command = command_line(module)
    status, stdout, stderr = module.run_command(command)
    document = document_of(stdout)
    result = {"changed": bool(document and document.get("changed")), "cmd": command, "rc": status}
    if document:
        result["document"] = document
        if "actions" in document:
            result["diff"] = diff_of(document)
    if status or not document:
        report_failure(module, result, (document or {}).get("error") or {}, stderr)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
