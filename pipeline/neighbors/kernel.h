/* SPDX-License-Identifier: MIT */
/* The innermost loops, one set per kind of processor, chosen at run time. A kernel takes a tile of
 * the matrix of half squared distances,
 *
 *     h_ij = (half_i + half_j) - sum over features of x_i x_j,      half_i = |x_i|^2 / 2,
 *
 * in float32 and hands out to each side only the pairs within the limits of its rows. All kernels give
 * the same neighbor tables: what they hand out is only a proposal, its error bounded by `error`.
 *
 * Rows come in groups of `group` rows, as `lay` lays them down, each of as many words of 32 bits as it has
 * features, rounded up to whole `columns` (neighbors/panels.h). The features of a tile are taken in panels of
 * VV_PANEL: products of a panel are summed first, panel sums are added in order, so that rounding errors grow
 * with VV_PANEL + n_cols / VV_PANEL instead of n_cols. */
#ifndef VV_NEIGHBORS_KERNEL_H
#define VV_NEIGHBORS_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

enum {
    VV_PANEL = 256,     /* features summed before their sum is added to the others */
    VV_STRIP = 64,      /* features laid down at a time */
    VV_MOST_GROUP = 192,
    VV_TILE_ROWS = 384, /* most rows on a side of a tile; a multiple of every kernel's group */
    VV_MOST_HITS = VV_TILE_ROWS * VV_TILE_ROWS + 16, /* kernels may write past the last by a vector */
};

/* The pairs a tile hands out to the rows of one side. Room for all of them: nothing can overflow. */
struct vv_hits {
    int n;
    float *value;   /* [VV_MOST_HITS] h_ij */
    uint32_t *pair; /* [VV_MOST_HITS] i + (j << 16), rows within the tile */
};

#define VV_SELECT_SCRATCH(n) (2 * (n) + 64)

struct vv_tile {
    const float *a, *b;             /* first group of each side */
    int n_a, n_b;                   /* rows of each side, multiples of the group, padding included */
    int64_t width;                  /* words of a row */
    const float *half_a, *half_b;   /* [n_a], [n_b] */
    const float *limit_a, *limit_b; /* [n_a], [n_b]; -infinity: the row takes nothing */
    bool diagonal;                  /* a and b are the same rows: pairs i < j only are wanted */
    float *product;                 /* [VV_TILE_ROWS * VV_TILE_ROWS] scratch, */
    float *panel;                   /* [VV_TILE_ROWS * VV_PANEL] and more of it */
    struct vv_hits *hits_a, *hits_b; /* filled: h_ij <= limit_a[i], and h_ij <= limit_b[j] */
    float *all;                     /* unless NULL: takes h_ij at [j ld + i], and there are no hits */
    int64_t ld;                     /* a multiple of 16 */
};

/* Add the sum over j in [0, n) of (x_j - y_pj)^2, or of x_j y_pj, to total[p] for each of n_y <= VV_BATCH
 * rows y_p. A long sum may be taken in parts of whole VV_CHUNK features. total: [n_y] */
struct vv_sums {
    void (*f32)(const float *x, const float *const *y, int n_y, int64_t n, double *total);
    void (*f64)(const double *x, const double *const *y, int n_y, int64_t n, double *total);
};

/* A row that may be a neighbor. */
struct vv_candidate {
    float value;   /* h */
    int32_t index; /* global row */
};

struct vv_kernel {
    const char *name;
    int group;          /* rows laid down together */
    int columns;        /* the words of a row are a multiple of it, */
    int64_t least_cols; /* and "auto" takes the kernel for rows of at least so many features */
    bool needs_blas;
    bool (*runs)(void); /* does this processor have the instructions? */
    /* Features [k, k + VV_STRIP) of row i of a group; zeros beyond the last. k: a multiple of VV_STRIP; n: how many
     * of them have room. */
    void (*lay)(float *rows, int group, int i, int64_t k, int n, const float *value);
    /* | computed - sum of x_i y_i | <= error |x| |y| (and what underflows) for rows of n_cols float32 features. */
    double (*error)(int64_t n_cols);
    void (*tile)(const struct vv_tile *t);
    /* The k-th smallest value of n candidates, 1 <= k <= n. scratch: [VV_SELECT_SCRATCH(n)] */
    float (*order)(const struct vv_candidate *c, int n, int k, float *scratch);
    /* The same of n values, which are lost; v and rest: [n + 16] */
    float (*select)(float *v, int n, int k, float *rest);
    /* Moves the candidates with value <= limit to the front; returns their number. */
    int (*keep)(struct vv_candidate *c, int n, float limit);
    /* The direct evaluation in float64 of direct.h, the same bits in every kernel. */
    struct vv_sums squares, products;
};

/* Local. The kernels, best first; NULL beyond the last. */
const struct vv_kernel *vv_kernel_at(int i);

/* Local. The kernel of that name, or the best one for rows of n_cols features for "auto"; NULL when the name is
 * unknown or the processor cannot run it. Names: auto, amx, avx512, avx2, portable. */
const struct vv_kernel *vv_kernel_find(const char *name, int64_t n_cols);

/* Local. Words of a row. */
int64_t vv_kernel_width(const struct vv_kernel *kernel, int64_t n_cols);

/* Local. `lay` that interleaves rows by feature, [word][row], and `error` of plain float32. */
void vv_rows_interleave(float *rows, int group, int i, int64_t k, int n, const float *value);
double vv_float32_error(int64_t n_cols);

/* Local. `order`, `select` and `keep` for any processor. */
float vv_candidates_order(const struct vv_candidate *c, int n, int k, float *scratch);
float vv_values_select(float *v, int n, int k, float *rest);
int vv_candidates_keep(struct vv_candidate *c, int n, float limit);

extern const struct vv_kernel vv_kernel_amx, vv_kernel_avx512, vv_kernel_avx2, vv_kernel_portable;

#endif
