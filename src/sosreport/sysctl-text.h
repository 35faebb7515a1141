/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's settings as sysctl(8) prints them. */
#pragma once

#include "model/host/snapshot.h"

/* Fills the settings of SNAPSHOT and its links from the LINES of "sysctl -a". What is not there stays unknown. */
void sysctl_from_text(char *const *lines, Snapshot *snapshot);
