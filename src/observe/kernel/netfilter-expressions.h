/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libnftnl's expressions as those of the model. Used by the decoding of rules only. */
#pragma once

#include "model/host/ruleset.h"

struct nftnl_expr;

/* What FROM says (transfer full). One that is not known is kept by its name. */
Expression *netfilter_expression_read(const struct nftnl_expr *from);

/* An expression of which no more than NAME is known (transfer full). */
Expression *netfilter_expression_unknown(const char *name);
