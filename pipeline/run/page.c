/* SPDX-License-Identifier: MIT */
#include "run/page.h"

#include <string.h>

#include "base/mem.h"
#include "data/series.h"
#include "dist/agree.h"
#include "io/html.h"
#include "io/html_table.h"
#include "io/publish.h"
#include "run/page_parts.h"
#include "run/registry.h"

enum {
    MOST_CELLS = 20000, /* of a sheet that is shown: nobody reads more, and every browser bears it */
    MOST_FIRST = 6,     /* figures at a glance */
    MOST_OPEN = 4       /* figures of a stage that are not folded away */
};

static const char STYLE[] =
#include "run/page_style.def"
    ;
static const char SCRIPT[] =
#include "run/page_script.def"
    ;
/* SHA-256 of SCRIPT: the page lets no other script run. The test of the page tells the new one after a change. */
static const char SCRIPT_DIGEST[] =
#include "run/page_script_digest.def"
    ;

static const char NO_GROUP[] = "";

int64_t vv_page_n_stages(const struct vv_page *p)
{
    const struct vv_column *const c = vv_table_find(p->all, "provenance/stage");
    return c && c->type == VV_TEXT ? vv_column_length(c) : 0;
}

const struct vv_stage *vv_page_stage(const struct vv_page *p, int64_t i, const char **name)
{
    const struct vv_column *const names = vv_table_find(p->all, "provenance/stage");
    const struct vv_column *const versions = vv_table_find(p->all, "provenance/stage_version");
    *name = names->text[i];
    const int found = vv_registry_find(*name);
    const bool same = found >= 0 && versions && versions->type == VV_I64 && vv_column_length(versions) > i &&
                      versions->i64[i] == vv_registry[found]->version;
    return same ? vv_registry[found] : NULL;
}

const char *vv_page_text(const struct vv_page *p, const char *name)
{
    const struct vv_column *const c = vv_table_find(p->all, name);
    return c && c->type == VV_TEXT && c->n_dims == 0 && c->text[0] ? c->text[0] : "";
}

int64_t vv_page_count(const struct vv_page *p, const char *name)
{
    const struct vv_column *const c = vv_table_find(p->all, name);
    return c && c->type == VV_I64 && c->n_dims == 0 ? c->i64[0] : -1;
}

/* A sentence of the summary, "+-" as it is printed. */
static void put_sentence(const char *text, size_t n, struct vv_strbuf *out)
{
    static const char mark[] = " +- ";
    while (n > 0) {
        const char *next = text;
        while (next + strlen(mark) <= text + n && strncmp(next, mark, strlen(mark)) != 0) next++;
        const bool found = next + strlen(mark) <= text + n;
        const size_t before = found ? (size_t)(next - text) : n;
        vv_html_bytes(text, before, out);
        if (found) vv_strbuf_puts(out, "\xc2\xa0\xc2\xb1\xc2\xa0");
        text += before + (found ? strlen(mark) : 0);
        n -= before + (found ? strlen(mark) : 0);
    }
}

/* What follows the first sentence; folded away where it is long, as lists of many layers are. */
static void put_more(const char *text, struct vv_strbuf *out)
{
    enum { LONG = 900 };
    const bool folded = strlen(text) > LONG;
    if (folded) vv_strbuf_puts(out, "<details><summary>The evidence</summary>");
    vv_strbuf_puts(out, "<p>");
    put_sentence(text, strlen(text), out);
    vv_strbuf_puts(out, folded ? "</p></details>\n" : "</p>\n");
}

/* What one stage says: first sentences lead, if they are the last words of the run. Lines that begin with a dash are
 * reasons for what stands before them. */
static void put_words(const struct vv_summary *s, bool leads, struct vv_strbuf *out)
{
    static const char dash[] = "- ";
    bool list = false;
    for (int i = 0; i < s->n_sentences; i++) {
        const char *const text = s->sentences[i];
        const bool reason = strncmp(text, dash, strlen(dash)) == 0;
        if (reason != list) vv_strbuf_puts(out, reason ? "<ul>\n" : "</ul>\n");
        list = reason;
        if (reason) {
            vv_strbuf_puts(out, "<li>");
            put_sentence(text + strlen(dash), strlen(text + strlen(dash)), out);
            vv_strbuf_puts(out, "</li>\n");
            continue;
        }
        const char *const stop = leads ? strstr(text, ". ") : NULL;
        const size_t first = stop ? (size_t)(stop - text) + 1 : strlen(text);
        vv_strbuf_puts(out, leads ? "<p class=\"lead\">" : "<p>");
        put_sentence(text, first, out);
        vv_strbuf_puts(out, "</p>\n");
        if (stop) put_more(stop + 2, out);
    }
    if (list) vv_strbuf_puts(out, "</ul>\n");
}

/* Later stages conclude from earlier ones: theirs are the first words. */
static enum vv_status put_verdict(struct vv_page *p)
{
    bool leads = true;
    vv_strbuf_puts(p->out, "<section id=\"verdict\" class=\"verdict\"><h2>Verdict</h2>\n");
    for (int64_t i = vv_page_n_stages(p) - 1; i >= 0; i--) {
        const char *name;
        const struct vv_stage *const stage = vv_page_stage(p, i, &name);
        struct vv_summary s;
        if (!stage || !stage->summarize) continue;
        vv_summary_init(&s, p->n_layers, p->layer_names);
        const enum vv_status st = stage->summarize(p->all, &s);
        if (!st) put_words(&s, leads, p->out);
        leads = leads && s.n_sentences == 0;
        vv_summary_release(&s);
        VV_TRY(st);
    }
    if (leads) vv_strbuf_puts(p->out, "<p>No stage of this run comes to a verdict.</p>\n");
    vv_strbuf_puts(p->out, "</section>\n");
    return VV_OK;
}

static enum vv_status put_layers(struct vv_page *p)
{
    struct vv_summary s;
    enum vv_status st = VV_OK;
    vv_summary_init(&s, p->n_layers, p->layer_names);
    for (int64_t i = 0; !st && i < vv_page_n_stages(p); i++) {
        const char *name;
        const struct vv_stage *const stage = vv_page_stage(p, i, &name);
        if (stage && stage->summarize) st = stage->summarize(p->all, &s);
    }
    vv_strbuf_puts(p->out, "<section id=\"overview\"><h2>Overview, layer by layer</h2>\n");
    if (!st) st = vv_html_summary(&s, p->out);
    vv_strbuf_puts(p->out, "</section>\n");
    vv_summary_release(&s);
    return st;
}

enum vv_status vv_page_sheet(struct vv_page *p, const struct vv_csv_sheet *sheet)
{
    const int64_t cells = vv_html_sheet_cells(sheet);
    struct vv_strbuf text;
    vv_strbuf_init(&text);
    enum vv_status st = cells <= MOST_CELLS ? vv_html_sheet(sheet, &text) : VV_OK;
    if (cells <= MOST_CELLS && p->out->length + text.length <= VV_PAGE_BYTES) {
        vv_strbuf_add(p->out, text.text, text.length);
    } else {
        vv_strbuf_addf(p->out, "<p>%lld numbers, too many for a page: they are in <code>tables/", (long long)cells);
        vv_html_text(sheet->name, p->out);
        vv_strbuf_puts(p->out, ".csv</code> and in <code>report.h5</code>.</p>\n");
    }
    vv_strbuf_release(&text);
    return st;
}

/* Bytes of the group that a column belongs to: what stands before the first '/'. */
static size_t group_bytes(const char *name)
{
    return strcspn(name, "/");
}

static bool is_of(const struct vv_csv_sheet *sheet, const char *group)
{
    const char *const name = sheet->columns[0]->name;
    return group_bytes(name) == strlen(group) && strncmp(name, group, strlen(group)) == 0;
}

/* Calls `put` for each group of columns, in order of appearance, but the provenance. */
static enum vv_status each_group(struct vv_page *p, enum vv_status (*put)(struct vv_page *p, const char *group))
{
    for (int s = 0; s < p->n_sheets; s++) {
        char group[256];
        const char *const name = p->sheets[s].columns[0]->name;
        const size_t n = group_bytes(name);
        if (n >= sizeof group) continue;
        memcpy(group, name, n);
        group[n] = '\0';
        bool met = strcmp(group, "provenance") == 0;
        for (int e = 0; e < s; e++) met = met || is_of(&p->sheets[e], group);
        if (!met) VV_TRY(put(p, group));
    }
    return VV_OK;
}

/* "<group>.svg", "<group>_something.svg" */
static bool belongs(const struct vv_figure *figure, const char *group)
{
    const size_t n = strlen(group);
    return strncmp(figure->name, group, n) == 0 && (figure->name[n] == '\0' || strchr("_-", figure->name[n]));
}

static bool is_first(const struct vv_figure *figure, const char *group)
{
    return figure->first && belongs(figure, group);
}

static bool is_any(const struct vv_figure *figure, const char *group)
{
    (void)figure;
    (void)group;
    return true;
}

/* Of each group the profile, or else what comes first: the more special a figure, the longer its name. */
static enum vv_status choose_first(struct vv_page *p, const char *group)
{
    struct vv_figure *first = NULL;
    int chosen = 0;
    for (int i = 0; i < p->n_figures; i++) {
        struct vv_figure *const it = &p->figures[i];
        chosen += it->first;
        if (!belongs(it, group)) continue;
        if (!first || (strstr(it->name, "profile") && !strstr(first->name, "profile"))) first = it;
    }
    if (first && chosen < MOST_FIRST) first->first = true;
    return VV_OK;
}

static enum vv_status put_first(struct vv_page *p, const char *group)
{
    return vv_page_figures(p, is_first, group, 1);
}

static enum vv_status put_glance(struct vv_page *p)
{
    vv_strbuf_puts(p->out, "<section id=\"figures\"><h2>At a glance</h2>\n");
    if (p->n_figures > 0) vv_strbuf_puts(p->out, "<div class=\"figures\">\n");
    VV_TRY(each_group(p, choose_first));
    VV_TRY(each_group(p, put_first));
    if (p->n_figures == 0)
        vv_strbuf_puts(p->out, "<p class=\"u\">No figures: the folder <code>figures/</code> of the run holds none. "
                               "gnuplot draws them (Debian: gnuplot-nox).</p>\n");
    else
        vv_strbuf_puts(p->out, "</div>\n<p class=\"u\">Further figures are with their stages; the script and the "
                               "data of each are in the folder <code>figures/</code> of the run.</p>\n");
    vv_strbuf_puts(p->out, "</section>\n");
    return VV_OK;
}

/* The figures of a group that have not been seen: some at once, many folded away. */
static enum vv_status put_figures(struct vv_page *p, vv_figure_fn wanted, const char *group)
{
    if (vv_page_count_figures(p, wanted, group) == 0) return VV_OK;
    vv_strbuf_puts(p->out, "<div class=\"figures\">\n");
    VV_TRY(vv_page_figures(p, wanted, group, MOST_OPEN));
    vv_strbuf_puts(p->out, "</div>\n");
    const int n = vv_page_count_figures(p, wanted, group);
    if (n == 0) return VV_OK;
    vv_strbuf_addf(p->out, "<details><summary>%d more figure%s</summary>\n", n, n == 1 ? "" : "s");
    vv_strbuf_puts(p->out, "<div class=\"figures\">\n");
    VV_TRY(vv_page_figures(p, wanted, group, n));
    vv_strbuf_puts(p->out, "</div></details>\n");
    return VV_OK;
}

static enum vv_status put_group(struct vv_page *p, const char *group)
{
    const int stage = vv_registry_find(group);
    vv_strbuf_puts(p->out, "<section id=\"g-");
    vv_html_id(group, p->out);
    vv_strbuf_puts(p->out, "\"><h3>");
    vv_html_words(group, p->out);
    if (stage >= 0) {
        vv_strbuf_puts(p->out, " <small>");
        vv_html_text(vv_registry[stage]->summary, p->out);
        vv_strbuf_puts(p->out, "</small>");
    }
    vv_strbuf_puts(p->out, "</h3>\n");
    VV_TRY(put_figures(p, belongs, group));
    for (int s = 0; s < p->n_sheets; s++) {
        const struct vv_csv_sheet *const sheet = &p->sheets[s];
        if (!is_of(sheet, group) || vv_html_sheet_elsewhere(sheet)) continue;
        const char *const name = sheet->columns[0]->name, *const slash = strrchr(name, '/');
        vv_strbuf_puts(p->out, "<details><summary><code>");
        vv_html_bytes(name, slash ? (size_t)(slash - name) : strlen(name), p->out);
        vv_strbuf_puts(p->out, "</code> ");
        vv_html_sheet_quantities(sheet, p->out);
        vv_strbuf_puts(p->out, "</summary>\n");
        VV_TRY(vv_page_sheet(p, sheet));
        vv_strbuf_puts(p->out, "</details>\n");
    }
    vv_strbuf_puts(p->out, "</section>\n");
    return VV_OK;
}

static enum vv_status put_link(struct vv_page *p, const char *group)
{
    vv_strbuf_puts(p->out, "<a href=\"#g-");
    vv_html_id(group, p->out);
    vv_strbuf_puts(p->out, "\">");
    vv_html_words(group, p->out);
    vv_strbuf_puts(p->out, "</a> ");
    return VV_OK;
}

static void put_methods(struct vv_page *p)
{
    vv_strbuf_puts(p->out, "<section id=\"methods\"><h2>Methods</h2>\n<dl class=\"facts\">\n");
    for (int64_t i = 0; i < vv_page_n_stages(p); i++) {
        const char *name;
        const struct vv_stage *const stage = vv_page_stage(p, i, &name);
        vv_strbuf_puts(p->out, "<dt>");
        vv_html_words(name, p->out);
        vv_strbuf_puts(p->out, "</dt><dd>");
        vv_html_text(stage ? stage->summary : "of another version of varve", p->out);
        if (stage && stage->cite) {
            vv_strbuf_puts(p->out, "<br><cite>");
            vv_html_text(stage->cite, p->out);
            vv_strbuf_puts(p->out, "</cite>");
        }
        vv_strbuf_puts(p->out, "</dd>\n");
    }
    vv_strbuf_puts(p->out, "</dl>\n</section>\n");
}

static void put_head(struct vv_page *p)
{
    const char *const name = vv_page_text(p, "provenance/name");
    vv_strbuf_puts(p->out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
                           "style-src 'unsafe-inline'; script-src 'sha256-");
    vv_strbuf_puts(p->out, SCRIPT_DIGEST);
    vv_strbuf_puts(p->out, "'\">\n<title>");
    vv_html_text(name, p->out);
    vv_strbuf_puts(p->out, " \xc2\xb7 varve report</title>\n<style>\n");
    vv_strbuf_puts(p->out, STYLE);
    vv_strbuf_puts(p->out, "</style>\n</head>\n<body>\n");
}

static void put_bar(struct vv_page *p)
{
    vv_strbuf_puts(p->out, "<header class=\"bar\"><a class=\"home\" href=\"#top\">");
    vv_html_name(vv_page_text(p, "provenance/name"), p->out);
    vv_strbuf_puts(p->out, "</a><nav aria-label=\"Sections\"><a href=\"#verdict\">verdict</a>"
                           "<a href=\"#figures\">figures</a>"
                           "<a href=\"#overview\">overview</a>");
    vv_strbuf_puts(p->out, "<a href=\"#stages\">stages</a><a href=\"#methods\">methods</a>"
                           "<a href=\"#times\">time</a><a href=\"#reproduce\">reproduce</a>"
                           "<a href=\"#provenance\">provenance</a></nav></header>\n");
}

static enum vv_status put_title(struct vv_page *p)
{
    struct vv_series series;
    VV_TRY(vv_series_init(&series, p->n_layers, p->layer_names));
    vv_strbuf_puts(p->out, "<main id=\"top\">\n<p class=\"brand\">varve report</p>\n<h1>");
    vv_html_name(vv_page_text(p, "provenance/name"), p->out);
    vv_strbuf_addf(p->out, "</h1>\n<p class=\"sub\">%d layer%s", p->n_layers, p->n_layers == 1 ? "" : "s");
    if (series.n > 1) vv_strbuf_addf(p->out, " in %d series", series.n);
    bool any = false;
    for (int s = 0; series.n > 1 && s < series.n; s++) {
        if (!series.name[s][0]) continue;
        vv_strbuf_puts(p->out, any ? ", " : ": ");
        vv_html_name(series.name[s], p->out);
        any = true;
    }
    vv_strbuf_puts(p->out, " <span data-varies>\xc2\xb7 ");
    vv_html_text(vv_page_text(p, "provenance/started"), p->out);
    vv_strbuf_puts(p->out, "</span></p>\n");
    vv_series_release(&series);
    return VV_OK;
}

static enum vv_status put_rest(struct vv_page *p)
{
    vv_strbuf_puts(p->out, "<h2 id=\"stages\">Everything, stage by stage</h2>\n<p class=\"links\">");
    VV_TRY(each_group(p, put_link));
    vv_strbuf_puts(p->out, "</p>\n");
    VV_TRY(each_group(p, put_group));
    if (vv_page_count_figures(p, is_any, NO_GROUP) > 0) {
        vv_strbuf_puts(p->out, "<section id=\"others\"><h3>other figures</h3>\n");
        VV_TRY(put_figures(p, is_any, NO_GROUP));
        vv_strbuf_puts(p->out, "</section>\n");
    }
    put_methods(p);
    VV_TRY(vv_page_times(p));
    vv_page_reproduce(p);
    vv_page_provenance(p);
    vv_strbuf_puts(p->out, "</main>\n<footer><p>Made of <code>report.h5</code>, which holds every number with its "
                           "description; the same as tidy CSV in <code>tables/</code>.</p></footer>\n<script>");
    vv_strbuf_puts(p->out, SCRIPT);
    vv_strbuf_puts(p->out, "</script>\n</body>\n</html>\n");
    return VV_OK;
}

static enum vv_status put_page(struct vv_page *p)
{
    put_head(p);
    put_bar(p);
    VV_TRY(put_title(p));
    VV_TRY(put_verdict(p));
    vv_page_warnings(p);
    VV_TRY(put_glance(p));
    VV_TRY(put_layers(p));
    VV_TRY(put_rest(p));
    return p->out->failed ? VV_MEMORY : VV_OK;
}

static enum vv_status compose(const char *directory, const struct vv_table *all, struct vv_strbuf *out)
{
    struct vv_page p = {.all = all, .directory = directory, .out = out};
    const struct vv_column *const names = vv_table_find(all, "layers/name");
    if (!names || names->type != VV_TEXT || names->n_dims != 1) {
        vv_fail(VV_INPUT, "the report in '%s' does not name its layers", directory);
        return vv_error_hint("was it written by another program?");
    }
    p.n_layers = (int)names->dims[0].length;
    p.layer_names = names->text;
    enum vv_status st = vv_csv_sheets(all, &p.sheets, &p.n_sheets);
    if (!st) st = vv_page_find_figures(&p);
    if (!st) st = put_page(&p);
    vv_page_release_figures(&p);
    vv_csv_release(&p.sheets, p.n_sheets);
    return st;
}

enum vv_status vv_page_write(struct vv_comm *c, const char *directory, const struct vv_table *all)
{
    struct vv_strbuf path, text;
    vv_strbuf_init(&path);
    vv_strbuf_init(&text);
    vv_strbuf_addf(&path, "%s/report.html", directory);
    enum vv_status st = path.failed ? VV_MEMORY : VV_OK;
    if (!st && vv_comm_rank(c) == 0) st = compose(directory, all, &text);
    st = vv_agree(c, st);
    if (!st) st = vv_publish_text(c, path.text, text.text);
    vv_strbuf_release(&path);
    vv_strbuf_release(&text);
    return st;
}
