/* SPDX-License-Identifier: MIT */
/* Tiles of a few rows and classes are kept in registers; a tile's shape does not show in its results, since
 * each entry is accumulated by itself. Cost: 2 n width n_classes flops for scores, as many for sums. */
#include "stages/probe/core.h"

#include <math.h>
#include <string.h>

#include "base/every_width.h"

#define INLINE static inline __attribute__((always_inline))

typedef double lanes __attribute__((vector_size(8 * VV_PROBE_LANES), may_alias));
typedef int64_t wholes __attribute__((vector_size(8 * VV_PROBE_LANES), may_alias));

enum { TILE = 4 };

#define LANES_SUM(v) ((((v)[0] + (v)[4]) + ((v)[2] + (v)[6])) + (((v)[1] + (v)[5]) + ((v)[3] + (v)[7])))

int64_t vv_probe_width(int64_t n_cols)
{
    return n_cols / VV_PROBE_LANES * VV_PROBE_LANES + VV_PROBE_LANES;
}

double vv_probe_scale(double n, double most)
{
    int exponent = 0;
    if (!(most > 0.0) || !isfinite(n * most)) return 1.0;
    frexp(n * most, &exponent);
    return ldexp(1.0, exponent < -900 ? 962 : 62 - 1 - exponent);
}

/* out[i][c] for n rows and m classes, both known where this is expanded. */
INLINE void dots(const double *x, int n, const double *w, int m, int64_t width, double *out, int stride)
{
    lanes sum[TILE][TILE];
    for (int i = 0; i < n; i++)
        for (int c = 0; c < m; c++) sum[i][c] = (lanes){0};
    for (int64_t j = 0; j < width; j += VV_PROBE_LANES)
        for (int i = 0; i < n; i++) {
            const lanes row = *(const lanes *)(x + i * width + j);
            for (int c = 0; c < m; c++) sum[i][c] += row * *(const lanes *)(w + c * width + j);
        }
    for (int i = 0; i < n; i++)
        for (int c = 0; c < m; c++) out[i * stride + c] = LANES_SUM(sum[i][c]);
}

VV_EVERY_WIDTH void vv_probe_scores(const double *x, int n, int64_t width, const double *w, int n_classes,
                                    double *scores)
{
    for (int c = 0; c < n_classes; c += TILE)
        for (int i = 0; i < n; i += TILE) {
            const double *const rows = x + i * width, *const weights = w + c * width;
            double *const out = scores + (int64_t)i * n_classes + c;
            const int m = n_classes - c < TILE ? n_classes - c : TILE;
            if (n - i >= TILE && m == TILE) dots(rows, TILE, weights, TILE, width, out, n_classes);
            else if (n - i >= TILE && m == 2) dots(rows, TILE, weights, 2, width, out, n_classes);
            else
                for (int r = 0; r < TILE && i + r < n; r++)
                    for (int k = 0; k < m; k++)
                        dots(rows + r * width, 1, weights + k * width, 1, width,
                             out + (int64_t)r * n_classes + k, n_classes);
        }
}

/* sum[c][0..8) += sum over rows of r[i][c] x[i][0..8), for m classes. */
INLINE void gather(const double *x, int n, int64_t width, const double *r, int64_t stride, int m,
                   const lanes *scale, const double *factor, int64_t *sum, int64_t sum_stride)
{
    lanes total[TILE];
    for (int c = 0; c < m; c++) total[c] = (lanes){0};
    for (int i = 0; i < n; i++) {
        const lanes row = *(const lanes *)(x + i * width);
        for (int c = 0; c < m; c++) total[c] += r[i * stride + c] * row;
    }
    for (int c = 0; c < m; c++) {
        const lanes scaled = total[c] * *scale * factor[c];
        *(wholes *)(sum + c * sum_stride) += __builtin_convertvector(scaled, wholes);
    }
}

VV_EVERY_WIDTH void vv_probe_gather(const double *x, int n, int64_t width, const double *r, int n_classes,
                                    const double *scale, int64_t *sum)
{
    static const double one[TILE] = {1.0, 1.0, 1.0, 1.0};
    for (int64_t j = 0; j < width; j += VV_PROBE_LANES) {
        const lanes *const units = (const lanes *)(scale + j);
        int c = 0;
        for (; c + TILE <= n_classes; c += TILE)
            gather(x + j, n, width, r + c, n_classes, TILE, units, one, sum + c * width + j, width);
        for (; c < n_classes; c++)
            gather(x + j, n, width, r + c, n_classes, 1, units, one, sum + c * width + j, width);
    }
}

VV_EVERY_WIDTH void vv_probe_gram(const double *x, int n, int64_t width, int64_t from, const double *scale,
                                  double unit, int64_t *sum)
{
    const lanes units = *(const lanes *)(scale + from) * unit;
    for (int64_t i = 0; i < from + VV_PROBE_LANES; i += TILE)
        gather(x + from, n, width, x + i, width, TILE, &units, scale + i, sum + i * width + from, width);
}

INLINE double dot(const double *a, const double *b, int64_t n)
{
    lanes sum = {0};
    for (int64_t j = 0; j < n; j += VV_PROBE_LANES) sum += *(const lanes *)(a + j) * *(const lanes *)(b + j);
    return LANES_SUM(sum);
}

VV_EVERY_WIDTH double vv_probe_dot(const double *a, const double *b, int64_t n)
{
    return dot(a, b, n);
}

INLINE void add(double *b, double f, const double *a, int64_t n)
{
    for (int64_t j = 0; j < n; j += VV_PROBE_LANES) *(lanes *)(b + j) += f * *(const lanes *)(a + j);
}

VV_EVERY_WIDTH void vv_probe_add(double *b, double f, const double *a, int64_t n)
{
    add(b, f, a, n);
}

/* row[from..) -= f[k] * u[k][from..) for four rows of U. */
INLINE void subtract(double *row, const double *u, int64_t i, int64_t from, int64_t width)
{
    const double f0 = u[i], f1 = u[width + i], f2 = u[2 * width + i], f3 = u[3 * width + i];
    for (int64_t j = from; j < width; j += VV_PROBE_LANES)
        *(lanes *)(row + j) = *(const lanes *)(row + j) - f0 * *(const lanes *)(u + j) -
                              f1 * *(const lanes *)(u + width + j) - f2 * *(const lanes *)(u + 2 * width + j) -
                              f3 * *(const lanes *)(u + 3 * width + j);
}

/* Row i of U: what is left of row i of a after the rows above, over the root of its first entry. A panel of
 * rows goes through the rows above together, four at a time, so that these come from memory once a panel. */
VV_EVERY_WIDTH int vv_probe_cholesky(double *a, int64_t width)
{
    enum { PANEL = 32 };
    for (int64_t top = 0; top < width; top += PANEL) {
        const int64_t end = top + PANEL < width ? top + PANEL : width;
        for (int64_t k = 0; k < top; k += TILE)
            for (int64_t i = top; i < end; i++)
                subtract(a + i * width, a + k * width, i, i / VV_PROBE_LANES * VV_PROBE_LANES, width);
        for (int64_t i = top; i < end; i++) {
            double *const row = a + i * width;
            const int64_t from = i / VV_PROBE_LANES * VV_PROBE_LANES;
            for (int64_t k = top; k < i; k++)
                add(row + from, -a[k * width + i], a + k * width + from, width - from);
            if (!(row[i] > 0.0) || !isfinite(row[i])) return -1;
            const double root = sqrt(row[i]);
            for (int64_t j = i; j < width; j++) row[j] /= root;
            for (int64_t j = from; j < i; j++) row[j] = 0.0;
        }
    }
    return 0;
}

VV_EVERY_WIDTH void vv_probe_solve(const double *u, int64_t width, double *b)
{
    for (int64_t i = 0; i < width; i++) { /* U' y = b */
        const int64_t next = (i / VV_PROBE_LANES + 1) * VV_PROBE_LANES;
        b[i] /= u[i * width + i];
        for (int64_t j = i + 1; j < next; j++) b[j] -= b[i] * u[i * width + j];
        add(b + next, -b[i], u + i * width + next, width - next);
    }
    for (int64_t i = width - 1; i >= 0; i--) { /* U x = y */
        const int64_t next = (i / VV_PROBE_LANES + 1) * VV_PROBE_LANES;
        double rest = dot(u + i * width + next, b + next, width - next);
        for (int64_t j = i + 1; j < next; j++) rest += u[i * width + j] * b[j];
        b[i] = (b[i] - rest) / u[i * width + i];
    }
}
