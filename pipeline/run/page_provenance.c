/* SPDX-License-Identifier: MIT */
/* The parts of the page that tell of the run and not of the data: they differ between two runs of the same analysis. */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "io/html.h"
#include "run/page_parts.h"

static void begin(struct vv_page *p, const char *id, const char *heading)
{
    vv_strbuf_addf(p->out, "<section id=\"%s\" data-varies><h2>%s</h2>\n", id, heading);
}

static void end(struct vv_page *p)
{
    vv_strbuf_puts(p->out, "</section>\n");
}

static double number(const struct vv_page *p, const char *name)
{
    const struct vv_column *const c = vv_table_find(p->all, name);
    return c && c->type == VV_F64 && vv_column_length(c) == 1 ? c->f64[0] : -1.0;
}

void vv_page_warnings(struct vv_page *p)
{
    const struct vv_column *const c = vv_table_find(p->all, "provenance/warning");
    if (!c || c->type != VV_TEXT) {
        vv_strbuf_puts(p->out, "<section id=\"warnings\" data-varies><p class=\"u\">The run warned of nothing.</p>"
                               "</section>\n");
        return;
    }
    const int64_t n = vv_column_length(c);
    vv_strbuf_addf(p->out, "<section id=\"warnings\" class=\"warnings\" data-varies><h2>%lld warning%s</h2>\n<ul>\n",
                   (long long)n, n == 1 ? "" : "s");
    for (int64_t i = 0; i < n; i++) {
        vv_strbuf_puts(p->out, "<li>");
        vv_html_text(c->text[i], p->out);
        vv_strbuf_puts(p->out, "</li>\n");
    }
    vv_strbuf_puts(p->out, "</ul>\n");
    end(p);
}

/* " on 4 ranks of 2 threads", where it is known. */
static void say_size(struct vv_page *p)
{
    const long long ranks = (long long)vv_page_count(p, "provenance/ranks");
    const long long threads = (long long)vv_page_count(p, "provenance/threads");
    if (ranks < 1 || threads < 1) return;
    vv_strbuf_addf(p->out, " on %lld rank%s of %lld thread%s", ranks, ranks == 1 ? "" : "s", threads,
                   threads == 1 ? "" : "s");
}

static double sum(const struct vv_table *t, const char *name)
{
    const struct vv_column *const c = vv_table_find(t, name);
    double all = 0.0;
    for (int64_t i = 0; c && c->type == VV_F64 && i < vv_column_length(c); i++) all += c->f64[i];
    return all;
}

/* The sheet of the provenance whose dimensions begin with `dim`, of so many. */
static const struct vv_csv_sheet *find_sheet(const struct vv_page *p, const char *dim, int n_dims)
{
    for (int s = 0; s < p->n_sheets; s++) {
        const struct vv_column *const c = p->sheets[s].columns[0];
        if (c->n_dims == n_dims && strcmp(c->dims[0].name, dim) == 0) return &p->sheets[s];
    }
    return NULL;
}

/* The times of stages, without their versions. */
static enum vv_status put_stages(struct vv_page *p, const struct vv_csv_sheet *sheet)
{
    struct vv_csv_sheet times = *sheet;
    times.n_columns = 0;
    times.columns = vv_mem_new(sheet->n_columns, sizeof *times.columns, "columns of a table");
    if (!times.columns) return VV_MEMORY;
    for (int i = 0; i < sheet->n_columns; i++)
        if (strcmp(sheet->columns[i]->name, "provenance/stage_version") != 0)
            times.columns[times.n_columns++] = sheet->columns[i];
    const enum vv_status st = times.n_columns > 0 ? vv_page_sheet(p, &times) : VV_OK;
    vv_mem_free(times.columns);
    return st;
}

enum vv_status vv_page_times(struct vv_page *p)
{
    const struct vv_csv_sheet *const stages = find_sheet(p, "provenance/stage", 1);
    const struct vv_csv_sheet *const layers = find_sheet(p, "provenance/layer", 2);
    const double elapsed = number(p, "provenance/elapsed"), spent = sum(p->all, "provenance/seconds");
    char span[32];
    begin(p, "times", "Time");
    vv_clock_span(elapsed, span, sizeof span);
    if (elapsed >= 0.0) {
        vv_strbuf_addf(p->out, "<p>%s", span);
        say_size(p);
        vv_strbuf_puts(p->out, ", until the report was written");
        if (spent > 0.0 && vv_page_count(p, "provenance/ranks") > 1)
            vv_strbuf_addf(p->out, "; of the time in stages ranks waited for each other %.1f %%",
                           100.0 * sum(p->all, "provenance/wait_mean") / spent);
        vv_strbuf_puts(p->out, ".</p>\n");
    }
    if (stages) VV_TRY(put_stages(p, stages));
    if (layers) {
        vv_strbuf_puts(p->out, "<details><summary>Seconds of each layer</summary>\n");
        VV_TRY(vv_page_sheet(p, layers));
        vv_strbuf_puts(p->out, "</details>\n");
    }
    end(p);
    return VV_OK;
}

void vv_page_reproduce(struct vv_page *p)
{
    begin(p, "reproduce", "To reproduce it");
    vv_strbuf_puts(p->out, "<pre class=\"command\"><code>");
    vv_html_text(vv_page_text(p, "provenance/command"), p->out);
    vv_strbuf_puts(p->out, "</code></pre>\n<p>It ran");
    say_size(p);
    vv_strbuf_puts(p->out, "; other numbers of ranks and threads give the same bits. The configuration below, which is "
                           "also <code>config.yml</code> in the folder of the run, repeats it with "
                           "<code>varve run config.yml</code>.</p>\n"
                           "<details><summary>Effective configuration, and where each value comes from</summary>\n"
                           "<pre><code>");
    vv_html_text(vv_page_text(p, "provenance/configuration"), p->out);
    vv_strbuf_puts(p->out, "</code></pre></details>\n");
    end(p);
}

/* What is shown elsewhere. */
static bool is_elsewhere(const char *name)
{
    static const char *const names[] = {"name", "command", "configuration", "n_warnings", "elapsed"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0) return true;
    return false;
}

static void put_scalar(const struct vv_column *c, struct vv_strbuf *out)
{
    char text[32] = "";
    if (c->type == VV_TEXT) vv_html_text(c->text[0], out);
    else if (c->type == VV_I64) vv_strbuf_addf(out, "%lld", (long long)c->i64[0]);
    else if (strcmp(c->units, "bytes") == 0) vv_text_from_size(c->f64[0], text, sizeof text);
    else vv_text_from_float(c->f64[0], text, sizeof text);
    vv_strbuf_puts(out, text);
}

void vv_page_provenance(struct vv_page *p)
{
    static const char group[] = "provenance/";
    begin(p, "provenance", "Provenance");
    vv_strbuf_puts(p->out, "<dl class=\"facts\">\n");
    for (int i = 0; i < p->all->n_columns; i++) {
        const struct vv_column *const c = p->all->columns[i];
        if (c->n_dims > 0 || strncmp(c->name, group, strlen(group)) != 0) continue;
        if (is_elsewhere(c->name + strlen(group))) continue;
        vv_strbuf_puts(p->out, "<dt>");
        vv_html_text(c->description, p->out);
        vv_strbuf_puts(p->out, "</dt><dd>");
        put_scalar(c, p->out);
        vv_strbuf_puts(p->out, "</dd>\n");
    }
    vv_strbuf_puts(p->out, "</dl>\n");
    end(p);
}
