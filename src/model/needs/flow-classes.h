/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flows that neither a setting of firewalld nor a rule of another program can tell apart: what is
 * found out about one holds for all of its class. A host may have thousands of links, and few of them are filtered differently. */
#pragma once

#include "model/host/flow.h"
#include "model/host/snapshot.h"

typedef struct FlowClasses FlowClasses;

/* SNAPSHOT must outlive the result. */
FlowClasses *flow_classes_new(const Snapshot *snapshot);
void flow_classes_free(FlowClasses *classes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowClasses, flow_classes_free)

/* The class of FLOW among flows that are all usual or none is: two of one class differ in nothing but
 * the links they come in and go out by, and their addresses. They get the same pointer, which is valid as long as
 * CLASSES (transfer none). */
const char *flow_classes_find(FlowClasses *classes, const Flow *flow);
