/* SPDX-License-Identifier: MIT */
/* HTML: text of others made harmless, and the small pieces that pages are made of. Whatever comes from data, file
 * names or the command line passes through here; nothing of it can become markup. */
#ifndef VV_IO_HTML_H
#define VV_IO_HTML_H

#include "base/strbuf.h"

/* Local. Appends text as the content of an element or of a quoted attribute: markup escaped; bytes that are no UTF-8,
 * control characters, noncharacters and marks that override writing direction become U+FFFD. NULL is empty. */
void vv_html_text(const char *text, struct vv_strbuf *out);

/* Local. The same of the first `n` bytes. */
void vv_html_bytes(const char *text, size_t n, struct vv_strbuf *out);

/* Local. A name that somebody chose: the same, apart from the direction of what is around it. */
void vv_html_name(const char *text, struct vv_strbuf *out);

/* Local. An identifier as words: "n_used" is "n used". */
void vv_html_words(const char *identifier, struct vv_strbuf *out);

/* Local. Something of ours as the value of an id: whatever is no letter or digit becomes '-'. */
void vv_html_id(const char *text, struct vv_strbuf *out);

#endif
