/* SPDX-License-Identifier: MIT */
/* What people see on the terminal at the end of a run: the table of layers, the profile as a small
 * plot, the closing sentences. Plain ASCII, at most as wide as the table needs. */
#ifndef VV_RUN_CONSOLE_H
#define VV_RUN_CONSOLE_H

#include "base/strbuf.h"
#include "data/summary.h"

/* Local. One line a layer, one column a quantity. */
void vv_console_table(const struct vv_summary *s, struct vv_strbuf *out);

/* Local. The profile column as a plot over layers, one for each series: height in lines. Nothing
 * without a profile. */
enum vv_status vv_console_plot(const struct vv_summary *s, int height, struct vv_strbuf *out);

/* Local. Table, plots and sentences. */
enum vv_status vv_console_summary(const struct vv_summary *s, struct vv_strbuf *out);

#endif
