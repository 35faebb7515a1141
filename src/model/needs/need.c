/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/needs/need.h"

#include "model/words.h"

void need_free(Need *need)
{
    if (need == NULL)
        return;
    g_free(need->detail);
    g_free(need->service);
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

DEFINE_WORD(need_kind, NeedKind, kind_words)
DEFINE_WORD(need_certainty, NeedCertainty, certainty_words)
