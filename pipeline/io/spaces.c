/* SPDX-License-Identifier: MIT */
#include "io/spaces.h"

#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "dist/agree.h"
#include "io/rows.h"

int64_t vv_space_rows(const struct vv_space *s)
{
    return s->table ? s->table->layout.n : vv_source_layer(s->source, s->layer)->n;
}

const int64_t *vv_space_samples(const struct vv_space *s)
{
    return s->table ? s->table->sample : NULL;
}

enum vv_status vv_space_read(struct vv_comm *c, const struct vv_space *s, const int64_t *samples, int64_t n,
                             const char *scratch, struct vv_matrix *m)
{
    int64_t *const copy = vv_mem_new(n, sizeof *copy, "sample numbers");
    *m = (struct vv_matrix){.rows = NULL};
    const enum vv_status st = vv_agree(c, copy ? VV_OK : VV_MEMORY);
    if (st) {
        vv_mem_free(copy);
        return st;
    }
    memcpy(copy, samples, (size_t)n * sizeof *copy);
    return vv_rows_read(c, s->source, s->layer, copy, n, scratch, NULL, m);
}

enum vv_status vv_space_blame(const struct vv_space *s, enum vv_status st)
{
    if (st != VV_INPUT) return st;
    return vv_error_context("'%s', layer '%s'", vv_source_path(s->source, s->layer),
                            vv_source_layer(s->source, s->layer)->name);
}

/* Samples that both hold. common: [the smaller of the two numbers of rows] */
static int64_t intersect(const struct vv_space *a, const struct vv_space *b, int64_t *common)
{
    const int64_t n_a = vv_space_rows(a), n_b = vv_space_rows(b);
    const int64_t *const of_a = vv_space_samples(a), *const of_b = vv_space_samples(b);
    int64_t n = 0;
    for (int64_t i = 0, j = 0; i < n_a && j < n_b;) {
        const int64_t x = vv_sample_of(of_a, i), y = vv_sample_of(of_b, j);
        if (x == y) common[n++] = x;
        i += x <= y;
        j += y <= x;
    }
    return n;
}

/* Spaces that hold the same samples, known by a digest of their numbers. */
static enum vv_status digest_of(const struct vv_space *s, struct vv_digest *digest)
{
    const int64_t n = vv_space_rows(s);
    int64_t *const samples = vv_mem_new(n, sizeof *samples, "sample numbers");
    if (!samples) return VV_MEMORY;
    for (int64_t i = 0; i < n; i++) samples[i] = vv_sample_of(vv_space_samples(s), i);
    *digest = vv_hash_bytes(samples, (size_t)n * sizeof *samples);
    vv_mem_free(samples);
    return VV_OK;
}

/* What a pair has in common, by digest; pairs of spaces that hold the same samples need no second look. */
static enum vv_status digest_of_pair(const struct vv_space *a, const struct vv_space *b,
                                     struct vv_digest *digest)
{
    const int64_t n_a = vv_space_rows(a), n_b = vv_space_rows(b);
    int64_t *const common = vv_mem_new(n_a < n_b ? n_a : n_b, sizeof *common, "samples in common");
    if (!common) return VV_MEMORY;
    const int64_t n = intersect(a, b, common);
    *digest = vv_hash_bytes(common, (size_t)n * sizeof *common);
    vv_mem_free(common);
    return VV_OK;
}

static bool is_wanted(const bool *wanted, int n, int a, int b)
{
    return wanted[a * n + b] || wanted[b * n + a];
}

/* own: [n] digests of the spaces; met: [n][n] digests of the groups so far, as many as there are pairs at most */
static enum vv_status group_pairs(struct vv_groups *g, const struct vv_space *spaces, const bool *wanted,
                                  struct vv_digest *own, struct vv_digest *met)
{
    const int n = g->n_spaces;
    for (int a = 0; a < n; a++) VV_TRY(digest_of(&spaces[a], &own[a]));
    for (int a = 0; a < n; a++)
        for (int b = a; b < n; b++) {
            struct vv_digest common = own[a];
            int group = 0;
            g->of[a * n + b] = g->of[b * n + a] = -1;
            if (!is_wanted(wanted, n, a, b)) continue;
            if (!vv_digest_equal(own[a], own[b])) VV_TRY(digest_of_pair(&spaces[a], &spaces[b], &common));
            while (group < g->n && !vv_digest_equal(met[group], common)) group++;
            met[group] = common;
            if (group == g->n) g->n++;
            g->of[a * n + b] = g->of[b * n + a] = group;
        }
    return VV_OK;
}

enum vv_status vv_groups_init(struct vv_groups *g, const struct vv_space *spaces, int n, const bool *wanted)
{
    *g = (struct vv_groups){.n_spaces = n};
    g->of = vv_mem_new((int64_t)n * n, sizeof *g->of, "groups of layers");
    struct vv_digest *const own = vv_mem_new(n, sizeof *own, "digests of samples");
    struct vv_digest *const met = vv_mem_new((int64_t)n * n, sizeof *met, "digests of samples");
    enum vv_status st = g->of && own && met ? VV_OK : VV_MEMORY;
    if (!st) st = group_pairs(g, spaces, wanted, own, met);
    vv_mem_free(own);
    vv_mem_free(met);
    return st;
}

void vv_groups_release(struct vv_groups *g)
{
    vv_mem_free(g->of);
    *g = (struct vv_groups){.n = 0};
}

enum vv_status vv_groups_samples(const struct vv_groups *g, const struct vv_space *spaces, int group,
                                 int64_t **samples, int64_t *n)
{
    int at = 0;
    while (g->of[at] != group) at++;
    const struct vv_space *const a = &spaces[at / g->n_spaces], *const b = &spaces[at % g->n_spaces];
    const int64_t n_a = vv_space_rows(a), n_b = vv_space_rows(b);
    *samples = vv_mem_new(n_a < n_b ? n_a : n_b, sizeof **samples, "samples in common");
    if (!*samples) return VV_MEMORY;
    *n = intersect(a, b, *samples);
    return VV_OK;
}

bool vv_groups_has(const struct vv_groups *g, int group, int space)
{
    for (int b = 0; b < g->n_spaces; b++)
        if (g->of[space * g->n_spaces + b] == group) return true;
    return false;
}
