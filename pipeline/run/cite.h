/* SPDX-License-Identifier: MIT */
/* What to cite: varve, and the literature that the stages name in their field `cite`, a list with "; " between, each
 * by the short form it has in references.def. */
#ifndef VV_RUN_CITE_H
#define VV_RUN_CITE_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "run/registry.h"

struct vv_reference {
    const char *key, *brief, *type, *authors, *title, *venue, *volume, *pages, *year, *link;
};

/* Local. The reference that a stage's `cite` names first in `list`, which may begin with "; "; *rest is what follows
 * it. NULL when references.def has none of that name. list: not empty. */
const struct vv_reference *vv_cite_next(const char *list, const char **rest);

/* Local. Appends varve and what the stages cite, each once: for people as comments, then as BibTeX, so that the whole
 * is a .bib file. */
void vv_cite_write(const bool stages[VV_N_STAGES], struct vv_strbuf *out);

/* Local. The same for all stages. */
void vv_cite_all(struct vv_strbuf *out);

#endif
