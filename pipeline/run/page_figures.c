/* SPDX-License-Identifier: MIT */
/* The drawings of a run on its page: every figures/<name>.svg there is. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/text.h"
#include "io/html.h"
#include "io/html_svg.h"
#include "run/page_parts.h"

static const char ENDING[] = ".svg";

static int compare(const void *a, const void *b)
{
    return vv_text_natural_compare(((const struct vv_figure *)a)->name, ((const struct vv_figure *)b)->name);
}

static enum vv_status add(struct vv_page *p, const char *file)
{
    const size_t n = strlen(file), tail = strlen(ENDING);
    if (file[0] == '.' || n <= tail || strcmp(file + n - tail, ENDING) != 0) return VV_OK;
    struct vv_figure *const grown = vv_mem_resize(p->figures, p->n_figures + 1, sizeof *grown, "list of figures");
    if (!grown) return VV_MEMORY;
    p->figures = grown;
    grown[p->n_figures] = (struct vv_figure){.name = vv_mem_string(file)};
    if (!grown[p->n_figures].name) return VV_MEMORY;
    grown[p->n_figures++].name[n - tail] = '\0';
    return VV_OK;
}

enum vv_status vv_page_find_figures(struct vv_page *p)
{
    struct vv_strbuf path;
    vv_strbuf_init(&path);
    vv_strbuf_addf(&path, "%s/figures", p->directory);
    enum vv_status st = path.failed ? VV_MEMORY : VV_OK;
    DIR *const folder = st ? NULL : opendir(path.text);
    for (const struct dirent *entry; !st && folder && (entry = readdir(folder));) st = add(p, entry->d_name);
    if (folder) closedir(folder);
    if (p->n_figures > 1) qsort(p->figures, (size_t)p->n_figures, sizeof *p->figures, compare);
    vv_strbuf_release(&path);
    return st;
}

void vv_page_release_figures(struct vv_page *p)
{
    for (int i = 0; i < p->n_figures; i++) vv_mem_free(p->figures[i].name);
    vv_mem_free(p->figures);
}

/* The text of a file, as far as it may be one that is shown; false when it cannot be read. */
static bool read_file(const char *path, struct vv_strbuf *text)
{
    struct stat info;
    FILE *const file = stat(path, &info) == 0 && S_ISREG(info.st_mode) ? fopen(path, "r") : NULL;
    const bool ok = file && vv_strbuf_read(text, file, VV_PAGE_FIGURES_BYTES) && !text->failed;
    if (file) fclose(file);
    return ok;
}

/* What is read out instead of the drawing: its name as words, where it has no title. */
static void label_by_name(const char *name, struct vv_strbuf *out)
{
    vv_strbuf_puts(out, name);
    for (char *c = out->text; *c; c++)
        if (*c == '_') *c = ' ';
}

/* Appends the drawing; *why when it cannot be part of a page. */
static void put_drawing(struct vv_page *p, const struct vv_strbuf *text, int i, const char *label, const char **why)
{
    char prefix[32];
    struct vv_strbuf drawing;
    vv_strbuf_init(&drawing);
    snprintf(prefix, sizeof prefix, "f%d-", i);
    if (vv_html_svg(text->text, text->length, prefix, label, &drawing, why)) {
        if (drawing.length + p->figure_bytes > VV_PAGE_FIGURES_BYTES) *why = "the page would become too large";
        else {
            vv_strbuf_puts(p->out, "<div class=\"card\">");
            vv_strbuf_add(p->out, drawing.text, drawing.length);
            vv_strbuf_puts(p->out, "</div>");
            p->figure_bytes += drawing.length;
        }
    }
    p->out->failed = p->out->failed || drawing.failed;
    vv_strbuf_release(&drawing);
}

static enum vv_status put_figure(struct vv_page *p, int i)
{
    const char *const name = p->figures[i].name, *why = NULL;
    struct vv_strbuf path, text, label;
    vv_strbuf_init(&path);
    vv_strbuf_init(&text);
    vv_strbuf_init(&label);
    vv_strbuf_addf(&path, "%s/figures/%s%s", p->directory, name, ENDING);
    if (!path.failed && !read_file(path.text, &text)) why = "it cannot be read";
    vv_html_svg_title(text.text, text.length, &label);
    const bool titled = label.length > 0;
    if (!titled) label_by_name(name, &label);
    vv_strbuf_puts(p->out, "<figure>");
    if (!why) put_drawing(p, &text, i, label.text, &why);
    vv_strbuf_puts(p->out, "<figcaption>");
    if (titled) vv_html_text(label.text, p->out);
    vv_strbuf_puts(p->out, titled ? " <span>figures/" : "<span>figures/");
    vv_html_text(name, p->out);
    vv_strbuf_addf(p->out, "%s", ENDING);
    if (why) vv_strbuf_addf(p->out, " is not shown: %s", why);
    vv_strbuf_puts(p->out, "</span></figcaption></figure>\n");
    const enum vv_status st = path.failed || text.failed || label.failed ? VV_MEMORY : VV_OK;
    vv_strbuf_release(&path);
    vv_strbuf_release(&text);
    vv_strbuf_release(&label);
    return st;
}

int vv_page_count_figures(const struct vv_page *p, vv_figure_fn wanted, const char *group)
{
    int n = 0;
    for (int i = 0; i < p->n_figures; i++) n += !p->figures[i].shown && wanted(&p->figures[i], group);
    return n;
}

enum vv_status vv_page_figures(struct vv_page *p, vv_figure_fn wanted, const char *group, int most)
{
    int n = 0;
    for (int i = 0; i < p->n_figures && n < most; i++) {
        if (p->figures[i].shown || !wanted(&p->figures[i], group)) continue;
        n++;
        p->figures[i].shown = true;
        VV_TRY(put_figure(p, i));
    }
    return VV_OK;
}
