/* SPDX-License-Identifier: MIT */
/* SVG files as part of a page: what a drawing is made of passes, anything that could act, load or reach out of it does
 * not. */
#ifndef VV_IO_HTML_SVG_H
#define VV_IO_HTML_SVG_H

#include <stdbool.h>

#include "base/strbuf.h"

/* Local. Appends the <svg> element of a file's text, of `n` bytes: without prolog, comments, titles and size (it fits
 * where it is put), ids and what refers to them beginning with `prefix`, `label` read out in its place. Elements of a
 * drawing only, no scripts, event handlers, styles of the page or addresses outside; all elements closed. False, and
 * nothing appended, when the text is otherwise: *why says it, for people. Without memory out->failed is set.
 * prefix: of letters, digits and '-' */
bool vv_html_svg(const char *text, size_t n, const char *prefix, const char *label, struct vv_strbuf *out,
                 const char **why);

/* Local. Appends the title of the drawing as plain text, its entities undone; nothing when it has none of its own. */
void vv_html_svg_title(const char *text, size_t n, struct vv_strbuf *out);

#endif
