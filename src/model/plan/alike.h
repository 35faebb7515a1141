/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings that are alike: on links that nothing tells apart but their names, their addresses and the
 * metrics of their routes. What cures one of them, said of the other's link, cures the other. A host may
 * have hundreds of uplinks, and each search for a cure looks at all of it. */
#pragma once

#include "model/plan/cures.h"

typedef struct AlikeLinks AlikeLinks;

/* SNAPSHOT, its DIAGNOSIS and its BASE must outlive the result. */
AlikeLinks *alike_links_new(const Snapshot *snapshot, const Diagnosis *diagnosis,
                            const ExposureBase *base);
void alike_links_free(AlikeLinks *links);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AlikeLinks, alike_links_free)

/* A text that FINDING has in common with those that are alike (transfer full), or NULL where it is like no
 * other: it is about no link, or about particular flows. */
char *alike_links_describe(const AlikeLinks *links, const Finding *finding);

/* The number of LINK's class, of links that are alike: never 0. */
guint alike_links_class(AlikeLinks *links, const Link *link);

/* What is said of the link FROM is said of TO, which is alike. */
typedef struct {
    const char *from;
    const char *to;
} Renaming;

/* CURE with what it does to links done to others instead, by the N RENAMINGS (transfer full). */
Cure *cure_for_alike(const Cure *cure, const Snapshot *snapshot, const Renaming *renamings,
                     guint n);
