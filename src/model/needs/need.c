/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/needs/need.h"

#include "model/words.h"

Need *need_new(NeedKind kind, NeedCertainty certainty, NeedReason reason, const char *detail)
{
    Need *need = g_new0(Need, 1);
    need->kind = kind;
    need->certainty = certainty;
    need->reason = reason;
    need->detail = g_strdup(detail);
    need->alike = g_ptr_array_new();
    need->out_alike = g_ptr_array_new();
    return need;
}

void need_free(Need *need)
{
    if (need == NULL)
        return;
    g_free(need->detail);
    g_free(need->service);
    g_ptr_array_unref(need->alike);
    g_ptr_array_unref(need->out_alike);
    g_free(need);
}

static const char *const kind_words[] = {
    [NEED_OUTSIDE] = "outside",
    [NEED_LAN_TO_WAN] = "lan-to-wan",
    [NEED_SITE_TO_SITE] = "site-to-site",
    [NEED_POD_TO_POD] = "pod-to-pod",
    [NEED_NODE_TO_POD] = "node-to-pod",
    [NEED_WITHIN_BRIDGE] = "within-bridge",
    [NEED_OVERLAY] = "overlay",
    [NEED_HOST_SERVICE] = "host-service",
    [NEED_PUBLISHED_PORT] = "published-port",
    [NEED_EXPECTATION] = "expectation",
};

static const char *const certainty_words[] = {
    [NEED_POSSIBLE] = "possible",
    [NEED_EVIDENT] = "evident",
    [NEED_DECLARED] = "declared",
};

static const char *const reason_words[] = {
    [NEED_BECAUSE_DECLARED] = "declared",
    [NEED_BECAUSE_TRANSLATED] = "zone-translates",
    [NEED_BECAUSE_POLICY_TRANSLATES] = "policy-translates",
    [NEED_BECAUSE_PROGRAM_TRANSLATES] = "program-translates",
    [NEED_BECAUSE_POLICY] = "policy",
    [NEED_BECAUSE_SERVED] = "served",
    [NEED_BECAUSE_ROUTED] = "routed",
    [NEED_BECAUSE_HOST_ROUTES] = "host-routes",
    [NEED_BECAUSE_LISTENED] = "listened",
    [NEED_BECAUSE_PUBLISHED] = "published",
    [NEED_BECAUSE_FORWARDING] = "forwarding",
};

DEFINE_WORD(need_kind, NeedKind, kind_words)
DEFINE_WORD(need_certainty, NeedCertainty, certainty_words)
DEFINE_WORD(need_reason, NeedReason, reason_words)
