/* SPDX-License-Identifier: MIT */
/* Heat maps as scripts. Data: column, row, value of each cell. Cells are drawn as rectangles, which stay sharp at any
 * size; matrices of many cells as an image, which stays small. */
#include <math.h>

#include "io/figure_script.h"

enum {
    NAME = 22,      /* characters of a layer's name */
    WITH_TEXT = 12, /* rows and columns up to which cells hold their values */
    WITH_CELLS = 40 /* rows and columns up to which they are rectangles */
};

struct layout {
    double left, top, side_x, side_y, width, height;
};

static double widest(char *const *names, int n)
{
    double most = 0.0;
    for (int i = 0; i < n; i++) most = fmax(most, vv_script_width(names[i], NAME));
    return most;
}

static double side(int n)
{
    return fmin(fmax(42.0 * n, 240.0), 420.0);
}

static struct layout lay_out(const struct vv_heat_map *m)
{
    struct layout l = {.left = widest(m->row_name, m->n_rows) + 44.0, .top = 34.0, .side_x = side(m->n_columns),
                       .side_y = side(m->n_rows)};
    l.width = l.left + l.side_x + 104.0;
    l.height = l.top + l.side_y + widest(m->column_name, m->n_columns) + 44.0 + (m->head.note ? 16.0 : 0.0);
    return l;
}

static void set_ticks(struct vv_strbuf *out, char axis, char *const *names, int n, double length)
{
    const int step = vv_script_step(n, (int)(length / 15.0));
    vv_strbuf_addf(out, "set %ctics %s(", axis, axis == 'x' ? "rotate by 90 right " : "");
    for (int i = 0; i < n; i += step) {
        if (i) vv_strbuf_puts(out, ", ");
        vv_script_tick(out, names[i], NAME);
        vv_strbuf_addf(out, " %d", i);
    }
    vv_strbuf_puts(out, ")\n");
}

static void set_breaks(struct vv_strbuf *out, const struct vv_heat_map *m)
{
    static const char look[] = "nohead front linewidth 2 linecolor '#ffffff'";
    for (int i = 0; i < m->n_breaks_row; i++)
        vv_strbuf_addf(out, "set arrow from -0.5,%d.5 to %d.5,%d.5 %s\n", m->break_row[i] - 1, m->n_columns - 1,
                       m->break_row[i] - 1, look);
    for (int i = 0; i < m->n_breaks_column; i++)
        vv_strbuf_addf(out, "set arrow from %d.5,-0.5 to %d.5,%d.5 %s\n", m->break_column[i] - 1,
                       m->break_column[i] - 1, m->n_rows - 1, look);
}

static void range_of(const struct vv_heat_map *m, double *low, double *high)
{
    *low = *high = NAN;
    for (int64_t i = 0; i < (int64_t)m->n_rows * m->n_columns; i++) {
        if (!isfinite(m->value[i])) continue;
        if (!(*low <= m->value[i])) *low = m->value[i];
        if (!(*high >= m->value[i])) *high = m->value[i];
    }
}

/* Colors, and the bar that tells what they are and between which values they lie. */
static void set_colors(struct vv_strbuf *out, const struct vv_heat_map *m, const struct layout *l, double low,
                       double high)
{
    struct vv_strbuf text;
    const bool chosen = m->low < m->high;
    double from = chosen ? m->low : low, to = chosen ? m->high : high;
    if (isnan(from)) from = 0.0, to = 1.0;
    if (!(from < to)) from -= 0.5, to += 0.5;
    vv_strbuf_init(&text);
    vv_strbuf_puts(&text, m->values);
    if (isnan(low)) vv_strbuf_puts(&text, " (no values)");
    else vv_strbuf_addf(&text, " (%.3g to %.3g)", low, high);
    vv_script_palette(out, false);
    vv_script_range(out, "cb", from, to);
    vv_strbuf_puts(out, "set cblabel ");
    vv_script_text(out, text.text, (int)(l->side_y / VV_FIGURE_CHARACTER));
    vv_strbuf_addf(out, " offset 1,0\nset colorbox vertical user origin screen %.4f,%.4f size screen %.4f,%.4f\n",
                   (l->left + l->side_x + 16.0) / l->width, (l->height - l->top - l->side_y) / l->height,
                   12.0 / l->width, l->side_y / l->height);
    if (text.failed) out->failed = true;
    vv_strbuf_release(&text);
}

/* What the axes are, at the edge of the page: beyond tick labels of any length. */
static void set_axis_labels(struct vv_strbuf *out, const struct vv_heat_map *m, const struct layout *l)
{
    vv_strbuf_puts(out, "set label 3 ");
    vv_script_text(out, m->row_label, (int)(l->side_y / VV_FIGURE_CHARACTER));
    vv_strbuf_addf(out, " at screen %.4f,%.4f center rotate by 90\nset label 4 ", 14.0 / l->width,
                   (l->height - l->top - 0.5 * l->side_y) / l->height);
    vv_script_text(out, m->column_label, (int)(l->side_x / VV_FIGURE_CHARACTER));
    vv_strbuf_addf(out, " at screen %.4f,%.4f center\n", (l->left + 0.5 * l->side_x) / l->width, 14.0 / l->height);
}

/* Of values in cells: two digits of the largest (of shares two decimals), as many for all, so that they compare and
 * fit. */
static int decimals(double low, double high)
{
    const double most = fmax(fabs(low), fabs(high));
    if (!(most > 0.0)) return 0;
    const int digits = 1 - (int)floor(log10(most / 1.5));
    return digits < 0 ? 0 : digits > 9 ? 9 : digits;
}

/* Values in the cells: dark on the light ones. */
static void plot_texts(struct vv_strbuf *out, const struct vv_heat_map *m, double low, double high)
{
    const double middle = m->low < m->high ? 0.4 * m->low + 0.6 * m->high : 0.4 * low + 0.6 * high;
    const int digits = vv_script_digits(low, high);
    vv_strbuf_addf(out,
                   ", \\\n  '%s.dat' using 1:2:(is_number(3) && $3 < %.*g ? shown($3) : '') with labels font ',9' "
                   "textcolor '#ffffff' notitle, \\\n"
                   "  '%s.dat' using 1:2:(is_number(3) && $3 >= %.*g ? shown($3) : '') with labels font ',9' "
                   "textcolor '#000000' notitle", m->head.name, digits, middle, m->head.name, digits, middle);
}

static void write_cells(const struct vv_heat_map *m, struct vv_strbuf *data)
{
    vv_strbuf_puts(data, "# column row ");
    vv_script_comment(data, m->values);
    vv_strbuf_puts(data, "\n");
    for (int i = 0; i < m->n_rows; i++) {
        for (int j = 0; j < m->n_columns; j++) {
            vv_strbuf_addf(data, "%d %d ", j, i);
            vv_script_number(data, m->value[(int64_t)i * m->n_columns + j]);
            vv_strbuf_puts(data, "\n");
        }
        vv_strbuf_puts(data, "\n");
    }
}

void vv_heat_map_write(const struct vv_heat_map *m, struct vv_strbuf *script, struct vv_strbuf *data)
{
    const struct layout l = lay_out(m);
    double low, high;
    range_of(m, &low, &high);
    vv_script_begin(script, &m->head, l.width, l.height);
    vv_script_margins(script, l.width, l.height, l.left, l.left + l.side_x, l.height - l.top - l.side_y,
                      l.height - l.top);
    vv_strbuf_puts(script, "set border linecolor '#444444'\nset tics nomirror out scale 0.5\nunset key\n"
                           "set object 1 rectangle from graph 0,0 to graph 1,1 behind fillcolor '#e6e6e6' "
                           "fillstyle solid noborder  # where there is no value\n");
    vv_strbuf_addf(script, "set xrange [-0.5:%d.5]\nset yrange [%d.5:-0.5]\n", m->n_columns - 1, m->n_rows - 1);
    set_ticks(script, 'x', m->column_name, m->n_columns, l.side_x);
    set_ticks(script, 'y', m->row_name, m->n_rows, l.side_y);
    set_axis_labels(script, m, &l);
    set_breaks(script, m);
    set_colors(script, m, &l, low, high);
    const int least = m->n_rows < m->n_columns ? m->n_rows : m->n_columns;
    const int most = m->n_rows + m->n_columns - least;
    const bool cells = most <= WITH_CELLS || least < 2; /* gnuplot's images have two rows and columns */
    vv_strbuf_addf(script, "is_number(i) = strcol(i) ne 'NaN'\nshown(value) = gprintf('%%.%df', value)\n"
                   "plot NaN notitle", decimals(low, high));
    if (!isnan(low)) {
        vv_strbuf_addf(script, ", \\\n  '%s.dat' using %s notitle", m->head.name,
                       cells ? "(is_number(3) ? $1 : NaN):2:($1-0.5):($1+0.5):($2-0.5):($2+0.5):3 with boxxyerror "
                               "fillstyle solid noborder linecolor palette"
                             : "1:2:3 with image");
        if (m->n_rows <= WITH_TEXT && m->n_columns <= WITH_TEXT) plot_texts(script, m, low, high);
    }
    vv_strbuf_puts(script, "\nunset output\n");
    write_cells(m, data);
}
