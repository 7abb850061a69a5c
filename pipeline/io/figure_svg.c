/* SPDX-License-Identifier: MIT */
#include "io/figure_svg.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "io/html.h"

/* Where an id or a reference to one begins. */
static const char *const openings[] = {" id='", " id=\"", "\tid='", "\tid=\"", "\nid='", "\nid=\"", "href='#",
                                       "href=\"#", "url(#"};

void vv_svg_prefix_ids(struct vv_strbuf *out, const char *svg, const char *name)
{
    bool inside = false; /* of a tag */
    while (*svg) {
        size_t taken = 0;
        inside = *svg == '<' || (inside && *svg != '>');
        for (size_t i = 0; inside && i < sizeof openings / sizeof *openings && taken == 0; i++) {
            const size_t n = strlen(openings[i]);
            if (strncmp(svg, openings[i], n) == 0) taken = n;
        }
        vv_strbuf_add(out, svg, taken ? taken : 1);
        if (taken) vv_strbuf_addf(out, "%s-", name);
        svg += taken ? taken : 1;
    }
}

static enum vv_status read_text(const char *path, struct vv_strbuf *text)
{
    FILE *const file = fopen(path, "r");
    if (!file) return vv_fail(VV_OUTPUT, "gnuplot wrote nothing");
    const bool read = vv_strbuf_read(text, file, SIZE_MAX);
    fclose(file);
    if (text->failed) return VV_MEMORY;
    return !read || text->length == 0 ? vv_fail(VV_OUTPUT, "gnuplot wrote an empty file") : VV_OK;
}

/* Browsers show titles where the mouse rests: that of the drawing, which gnuplot calls after itself, becomes the
 * figure's, those of its curves ("gnuplot_plot_1") go. */
static void put_titled(struct vv_strbuf *out, const char *svg, const char *title)
{
    static const char begin[] = "<title>", end[] = "</title>", whole[] = "Gnuplot", part[] = "gnuplot_plot_";
    for (const char *at; (at = strstr(svg, begin));) {
        const char *const text = at + strlen(begin), *const stop = strstr(text, end);
        if (!stop) break;
        const bool first = strncmp(text, whole, strlen(whole)) == 0 && stop == text + strlen(whole);
        const bool curve = strncmp(text, part, strlen(part)) == 0;
        vv_strbuf_add(out, svg, (size_t)((first || !curve ? text : at) - svg));
        if (first) vv_html_text(title, out);
        svg = first ? stop : curve ? stop + strlen(end) : text;
    }
    vv_strbuf_puts(out, svg);
}

enum vv_status vv_svg_finish(const char *path, const char *name, const char *title)
{
    struct vv_strbuf before, titled, after;
    vv_strbuf_init(&before);
    vv_strbuf_init(&titled);
    vv_strbuf_init(&after);
    enum vv_status st = read_text(path, &before);
    if (!st) put_titled(&titled, before.text, title);
    if (!st) vv_svg_prefix_ids(&after, titled.text, name);
    if (!st && titled.failed) st = VV_MEMORY;
    if (!st && after.failed) st = VV_MEMORY;
    FILE *const file = st ? NULL : fopen(path, "w");
    if (!st && !file) st = vv_fail(VV_OUTPUT, "cannot write '%s': %s", path, strerror(errno));
    if (file && fwrite(after.text, 1, after.length, file) != after.length)
        st = vv_fail(VV_OUTPUT, "cannot write '%s': %s", path, strerror(errno));
    if (file && fclose(file) != 0) st = vv_fail(VV_OUTPUT, "cannot write '%s': %s", path, strerror(errno));
    vv_strbuf_release(&before);
    vv_strbuf_release(&titled);
    vv_strbuf_release(&after);
    return st;
}
