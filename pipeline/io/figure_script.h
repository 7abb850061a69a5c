/* SPDX-License-Identifier: MIT */
/* What the scripts of all figures have in common: safe texts, colors, sizes, the head. Lengths are pixels at 96 dpi.
 *
 * Terminals are told `noenhanced`, so that _ ^ { } @ & mean themselves; texts stand in single quotes, in which gnuplot
 * expands nothing, with U+2019 for their own. Comments hold no text of the user's. */
#ifndef VV_IO_FIGURE_SCRIPT_H
#define VV_IO_FIGURE_SCRIPT_H

#include "base/strbuf.h"
#include "io/figure.h"

enum {
    VV_FIGURE_FONT = 12,     /* of all texts */
    VV_FIGURE_N_COLORS = 7,  /* of the palette */
    VV_FIGURE_N_CLASSES = 10 /* colors for classes side by side; more classes share gray */
};

/* Mean width of a character: what fits into a given length. */
#define VV_FIGURE_CHARACTER (0.55 * VV_FIGURE_FONT)

/* Local. Appends a text as a string of gnuplot's: one line, valid UTF-8, at most `most` characters (the middle is left
 * out of longer ones); NULL is empty. _tick: as the label of a tick, where % is special, too. */
void vv_script_text(struct vv_strbuf *out, const char *text, int most);
void vv_script_tick(struct vv_strbuf *out, const char *text, int most);

/* Local. A text for a comment line of the data: one line. */
void vv_script_comment(struct vv_strbuf *out, const char *text);

/* Local. Pixels that a text takes at most in a figure, with `most` characters as above. */
double vv_script_width(const char *text, int most);

/* Local. Appends a number so that it reads back to the same bits; NaN where it is not finite. */
void vv_script_number(struct vv_strbuf *out, double value);

/* Local. Decimal digits that tell values of a range apart to a millionth of it, at least 6. / Appends the range of an
 * axis with as many: "x", "y", "x2", "cb". */
int vv_script_digits(double low, double high);
void vv_script_range(struct vv_strbuf *out, const char *axis, double low, double high);

/* Local. Color of the palette, wrapping; gray for -1. Color of class i of n. Both as "#rrggbb". */
const char *vv_script_color(int i);
const char *vv_script_class_color(int i, int n);

/* Local. Appends `set palette`, dark to light (viridis); for_lines: without the lightest part. */
void vv_script_palette(struct vv_strbuf *out, bool for_lines);

/* Local. Appends the head: what the figure is, encoding, terminals, output; then title and note. */
void vv_script_begin(struct vv_strbuf *out, const struct vv_figure_head *head, double width, double height);

/* Local. Appends the four margins as shares of the page. from the left and from below. */
void vv_script_margins(struct vv_strbuf *out, double width, double height, double left, double right, double bottom,
                       double top);

/* Local. A step for ticks at whole numbers: 1, 2, 5, 10, .., so that `length` takes at most `most` of them. */
int vv_script_step(double length, int most);

/* Local. A file name from a text: letters, digits, '-', '_' and single dots, at most 100 characters. */
void vv_figure_name(struct vv_strbuf *out, const char *text);

#endif
