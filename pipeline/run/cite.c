/* SPDX-License-Identifier: MIT */
#include "run/cite.h"

#include <string.h>

#include "run/provenance.h"

static const struct vv_reference references[] = {
#define VV_REFERENCE(key, brief, type, authors, title, venue, volume, pages, year, link)                               \
    {#key, brief, type, authors, title, venue, volume, pages, year, link},
#include "run/references.def"
#undef VV_REFERENCE
};

static const char own_title[] = "varve: the geometry of a network's representations, layer by layer";

enum { N_REFERENCES = sizeof references / sizeof *references };

/* Where a brief form begins and how long it is. */
static const char *first_brief(const char *list, size_t *length)
{
    if (strncmp(list, "; ", 2) == 0) list += 2;
    const char *const end = strstr(list, "; ");
    *length = end ? (size_t)(end - list) : strlen(list);
    return list;
}

const struct vv_reference *vv_cite_next(const char *list, const char **rest)
{
    size_t length;
    const char *const brief = first_brief(list, &length);
    *rest = brief + length;
    for (int i = 0; i < N_REFERENCES; i++)
        if (strlen(references[i].brief) == length && strncmp(references[i].brief, brief, length) == 0)
            return &references[i];
    return NULL;
}

/* Family names, without what LaTeX needs: "Doe, Ann and Roe, Bo" is "Doe, Roe". */
static void write_authors(const char *authors, struct vv_strbuf *out)
{
    for (const char *p = authors; p; p = strstr(p, " and ")) {
        if (p != authors) {
            p += strlen(" and ");
            vv_strbuf_puts(out, ", ");
        }
        for (const char *q = p; *q && *q != ','; q++) {
            if (strncmp(q, "{\\'", 3) == 0) q += 2;
            else if (*q != '}') vv_strbuf_add(out, q, 1);
        }
    }
}

/* "777--784" is 777-784 for people. */
static void write_pages(const char *pages, struct vv_strbuf *out)
{
    const char *const dashes = strstr(pages, "--");
    if (dashes) vv_strbuf_addf(out, ", %.*s-%s", (int)(dashes - pages), pages, dashes + 2);
    else vv_strbuf_addf(out, ", %s", pages);
}

static void write_plain(const struct vv_reference *r, struct vv_strbuf *out)
{
    vv_strbuf_puts(out, "%   ");
    write_authors(r->authors, out);
    vv_strbuf_addf(out, ": %s.", r->title);
    if (r->venue[0]) vv_strbuf_addf(out, " %s", r->venue);
    if (r->volume[0]) vv_strbuf_addf(out, " %s", r->volume);
    if (r->pages[0]) write_pages(r->pages, out);
    vv_strbuf_addf(out, " (%s)", r->year);
    if (r->link[0]) vv_strbuf_addf(out, ", %s%s", r->link[0] == '1' ? "https://doi.org/" : "", r->link);
    vv_strbuf_puts(out, "\n");
}

static void write_field(const char *name, const char *value, struct vv_strbuf *out)
{
    if (value[0]) vv_strbuf_addf(out, "  %s = {%s},\n", name, value);
}

static void write_bibtex(const struct vv_reference *r, struct vv_strbuf *out)
{
    static const char arxiv[] = "arXiv:";
    const bool preprint = strncmp(r->link, arxiv, sizeof arxiv - 1) == 0;
    vv_strbuf_addf(out, "\n@%s{%s,\n", r->type, r->key);
    write_field("author", r->authors, out);
    write_field("title", r->title, out);
    write_field(strcmp(r->type, "article") == 0 ? "journal" : "booktitle", r->venue, out);
    write_field("volume", r->volume, out);
    write_field("pages", r->pages, out);
    write_field("year", r->year, out);
    if (preprint) {
        write_field("eprint", r->link + sizeof arxiv - 1, out);
        write_field("archiveprefix", "arXiv", out);
    } else {
        write_field("doi", r->link, out);
    }
    vv_strbuf_puts(out, "}\n");
}

void vv_cite_write(const bool stages[VV_N_STAGES], struct vv_strbuf *out)
{
    bool cited[N_REFERENCES] = {false};
    vv_strbuf_addf(out, "%% varve %s\n%%   The varve authors: %s (2026)\n", vv_provenance_version(), own_title);
    for (int s = 0; s < VV_N_STAGES; s++) {
        const char *rest = vv_registry[s]->cite;
        if (!stages[s] || !rest) continue;
        vv_strbuf_addf(out, "%% %s: %s\n", vv_registry[s]->name, vv_registry[s]->summary);
        while (*rest) {
            size_t length;
            const char *const brief = first_brief(rest, &length);
            const struct vv_reference *const r = vv_cite_next(rest, &rest);
            if (r) write_plain(r, out);
            else vv_strbuf_addf(out, "%%   %.*s\n", (int)length, brief);
            if (r) cited[r - references] = true;
        }
    }
    vv_strbuf_addf(out, "\n@misc{varve,\n  author = {{The varve authors}},\n  title = {%s},\n  year = {2026},\n"
                        "  note = {version %s, commit %s},\n}\n",
                   own_title, vv_provenance_version(), vv_provenance_commit());
    for (int i = 0; i < N_REFERENCES; i++)
        if (cited[i]) write_bibtex(&references[i], out);
}

void vv_cite_all(struct vv_strbuf *out)
{
    bool stages[VV_N_STAGES];
    for (int s = 0; s < VV_N_STAGES; s++) stages[s] = true;
    vv_cite_write(stages, out);
}
