/* SPDX-License-Identifier: MIT */
#include "neighbors/choose.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "dist/agree.h"
#include "neighbors/best.h"
#include "neighbors/direct.h"

enum { LOOKS = 16 }; /* rows of the sample that are looked at */

/* Share of a neighbor's squared distance that errors may make up: as much wider are the limits, and in many dimensions
 * the candidates that pass them are many more. */
static const double BLUR = 0.02;

/* The mean squared distance of row i of the sample over that of its neighbor; infinite where they exceed float32.
 * distance: [n] */
static double contrast(const struct vv_kernel *kernel, const struct vv_matrix *m, const struct vv_sample *s, int i,
                       int order, float *distance)
{
    const char *const rows = s->rows;
    const size_t bytes = vv_matrix_row_bytes(m);
    const struct vv_sums sums = vv_direct_sums(kernel, VV_EUCLIDEAN);
    double sum = 0.0;
    int n = 0;
    for (int j = 0; j < s->n; j++) {
        if (j == i) continue;
        const double d = vv_direct_evaluate(&sums, VV_EUCLIDEAN, m->type, rows + (size_t)i * bytes,
                                            rows + (size_t)j * bytes, m->n_cols);
        sum += d * d;
        distance[n++] = (float)d;
    }
    const double near = (double)vv_value_select(distance, n, order < n ? order : n);
    return near > 0.0 && isfinite(near) && isfinite(sum) ? sum / n / (near * near) : INFINITY;
}

/* That of all but few rows; infinite where it cannot be told: the kernel of the smallest error will do. */
static double usual_contrast(const struct vv_kernel *kernel, const struct vv_matrix *m, const struct vv_sample *s,
                             int order)
{
    float of_row[LOOKS];
    const int looks = s->n < LOOKS ? s->n : LOOKS;
    if (looks < 2) return INFINITY;
    float *const distance = vv_mem_new(s->n, sizeof *distance, "distances within a sample");
    if (!distance) vv_error_clear();
    if (!distance) return INFINITY;
    for (int l = 0; l < looks; l++)
        of_row[l] = (float)contrast(kernel, m, s, l * (s->n - 1) / (looks - 1), order, distance);
    vv_mem_free(distance);
    return (double)vv_value_select(of_row, looks, looks - looks / 8);
}

/* The next kernel here with a smaller error; NULL: there is none. */
static const struct vv_kernel *sharper(const struct vv_kernel *kernel, int64_t n_cols)
{
    int i = 0;
    while (vv_kernel_at(i) != kernel) i++;
    while (vv_kernel_at(++i))
        if (vv_kernel_at(i)->runs() && vv_kernel_at(i)->error(n_cols) < kernel->error(n_cols)) return vv_kernel_at(i);
    return NULL;
}

enum vv_status vv_choose_kernel(struct vv_comm *c, const char *name, const struct vv_matrix *references,
                                enum vv_metric metric, const struct vv_sample *sample,
                                struct vv_sample_plan plan, const struct vv_kernel **kernel)
{
    const int64_t n_cols = references->n_cols;
    const struct vv_kernel *mine = vv_kernel_find(name, n_cols), *next;
    VV_TRY(vv_agree(c, mine ? VV_OK : vv_fail(VV_USAGE, "this processor has no kernel '%s'", name)));
    /* The error of half a squared distance is error / 2 times |x|^2 + |y|^2, which is a squared distance on average,
     * and limits are two errors above their candidates. A sample too small to guess limits from tells the nearest of
     * its own rows. The error of an inner product grows with the longest of all rows, which a sample need not hold. */
    if (strcmp(name, "auto") == 0 && sharper(mine, n_cols)) {
        const double far = metric == VV_INNER_PRODUCT
                               ? INFINITY
                               : usual_contrast(mine, references, sample, plan.order > 0 ? plan.order : 1);
        while (2.0 * mine->error(n_cols) * far > BLUR && (next = sharper(mine, n_cols))) mine = next;
    }
    int64_t worst = 0; /* panels of rows travel in its format */
    while (vv_kernel_at((int)worst) != mine) worst++;
    vv_comm_max_i64(c, &worst, 1);
    *kernel = vv_kernel_at((int)worst);
    return vv_agree(c, (*kernel)->runs() ? VV_OK : vv_fail(VV_BUG, "no common kernel"));
}
