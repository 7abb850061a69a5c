/* SPDX-License-Identifier: MIT */
/* The summary that ends on the terminal as one HTML table; see html_table.h. */
#include <math.h>

#include "base/mem.h"
#include "io/html.h"
#include "io/html_number.h"
#include "io/html_table.h"

static struct vv_html_value value_at(const struct vv_summary_column *c, int layer)
{
    return (struct vv_html_value){.value = c->values[layer], .std_error = c->errors ? c->errors[layer] : NAN,
                                  .low = NAN, .high = NAN};
}

static enum vv_status choose_styles(const struct vv_summary *s, struct vv_html_number *styles)
{
    struct vv_html_value *const values = vv_mem_new(s->n_layers, sizeof *values, "a column of the summary");
    if (!values) return VV_MEMORY;
    for (int c = 0; c < s->n_columns; c++) {
        for (int l = 0; l < s->n_layers; l++) values[l] = value_at(&s->columns[c], l);
        vv_html_number_fix(values, s->n_layers, s->columns[c].decimals, &styles[c]);
    }
    vv_mem_free(values);
    return VV_OK;
}

static void write(const struct vv_summary *s, const struct vv_html_number *styles, struct vv_strbuf *out)
{
    vv_strbuf_puts(out, "<div class=\"scroll\" tabindex=\"0\"><table class=\"sort\"><thead><tr>"
                        "<th scope=\"col\">layer</th>");
    for (int c = 0; c < s->n_columns; c++) {
        vv_strbuf_puts(out, "<th scope=\"col\">");
        vv_html_text(s->columns[c].heading, out);
        vv_strbuf_puts(out, "</th>");
    }
    vv_strbuf_puts(out, "</tr></thead><tbody>\n");
    for (int l = 0; l < s->n_layers; l++) {
        vv_strbuf_addf(out, "<tr><th scope=\"row\"><span class=\"i\">%d</span> ", l);
        vv_html_name(s->layer_names[l], out);
        vv_strbuf_puts(out, "</th>");
        for (int c = 0; c < s->n_columns; c++) {
            const struct vv_html_value v = value_at(&s->columns[c], l);
            vv_strbuf_puts(out, "<td>");
            vv_html_number_write(&styles[c], &v, out);
            vv_strbuf_puts(out, "</td>");
        }
        vv_strbuf_puts(out, "</tr>\n");
    }
    vv_strbuf_puts(out, "</tbody></table></div>\n");
}

enum vv_status vv_html_summary(const struct vv_summary *s, struct vv_strbuf *out)
{
    struct vv_html_number *const styles = vv_mem_new(s->n_columns, sizeof *styles, "columns of the summary");
    enum vv_status st = styles ? choose_styles(s, styles) : VV_MEMORY;
    if (!st) write(s, styles, out);
    vv_mem_free(styles);
    return st ? st : out->failed ? VV_MEMORY : VV_OK;
}
