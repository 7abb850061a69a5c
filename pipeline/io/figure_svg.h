/* SPDX-License-Identifier: MIT */
/* gnuplot's SVG, so that several fit into one page. */
#ifndef VV_IO_FIGURE_SVG_H
#define VV_IO_FIGURE_SVG_H

#include "base/error.h"
#include "base/strbuf.h"

/* Local. Appends an SVG in which each id, and each reference to one, begins with "<name>-". */
void vv_svg_prefix_ids(struct vv_strbuf *out, const char *svg, const char *name);

/* Local. The same for a file, in place, called by its temporary name; its title becomes that of the figure. VV_OUTPUT
 * when it cannot be read or written, or is empty. */
enum vv_status vv_svg_finish(const char *path, const char *name, const char *title);

#endif
