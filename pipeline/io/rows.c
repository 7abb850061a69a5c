/* SPDX-License-Identifier: MIT */
#include "io/rows.h"

#include <math.h>
#include <string.h>

#include "dist/agree.h"

static void found(struct vv_bad_values *bad, int64_t row, int64_t column)
{
    bad->n++;
    if (row > bad->row || (row == bad->row && column > bad->column)) return;
    bad->row = row;
    bad->column = column;
}

/* x + 0.0 turns -0 into +0 and leaves every other value as it is. */
#define SCAN(name, real)                                                                           \
    void name(real *values, int64_t row, int64_t n_rows, int64_t n_cols, double limit,             \
              struct vv_bad_values *bad)                                                             \
    {                                                                                              \
        for (int64_t i = 0; i < n_rows; i++)                                                       \
            for (int64_t j = 0; j < n_cols; j++) {                                                 \
                real *const v = &values[i * n_cols + j];                                           \
                *v += 0;                                                                           \
                if (!(fabs((double)*v) < limit)) found(bad, row + i, j);                           \
            }                                                                                      \
    }

SCAN(vv_rows_scan_f32, float)
SCAN(vv_rows_scan_f64, double)

/* 64-bit integers are held as float64: from 2^53 on different ones would become equal. */
static double limit_of(const struct vv_layer_shape *shape)
{
    return strstr(shape->stored, "int64") ? 0x1p53 : (double)INFINITY;
}

static void scan(struct vv_matrix *m, int64_t i, int64_t n, double limit, struct vv_bad_values *bad)
{
    void *rows = (char *)m->rows + (size_t)i * vv_matrix_row_bytes(m);
    const int64_t row = vv_layout_first(&m->layout) + i;
    if (m->type == VV_FLOAT32) vv_rows_scan_f32(rows, row, n, m->n_cols, limit, bad);
    else vv_rows_scan_f64(rows, row, n, m->n_cols, limit, bad);
}

/* Local. This rank's rows, in runs of consecutive samples, scanned as they come. */
static enum vv_status read_rows(struct vv_source *source, int layer, struct vv_progress *progress,
                                struct vv_matrix *m, struct vv_bad_values *bad)
{
    const int64_t first = vv_layout_first(&m->layout);
    int64_t most = VV_ROWS_READ_BYTES / (int64_t)(vv_matrix_row_bytes(m) + 1);
    if (most < 1) most = 1;
    for (int64_t i = 0, n; i < m->n_local; i += n) {
        const int64_t sample = vv_sample_of(m->sample, first + i);
        for (n = 1; n < most && i + n < m->n_local; n++)
            if (vv_sample_of(m->sample, first + i + n) != sample + n) break;
        VV_TRY(vv_source_read(source, layer, sample, n,
                              (char *)m->rows + (size_t)i * vv_matrix_row_bytes(m)));
        scan(m, i, n, limit_of(vv_source_layer(source, layer)), bad);
        vv_matrix_cool(m, i, n);
        if (progress) vv_progress_tell(progress, (double)(i + n), (double)m->n_local);
    }
    return VV_OK;
}

static const char *name_bad(double v, double limit)
{
    if (isnan(v)) return "NaN";
    if (isfinite(limit)) return "too large";
    return v > 0 ? "+infinity" : "-infinity";
}

/* Collective. Refuses values that cannot be used, telling how many and where the first is. */
static enum vv_status refuse_bad(struct vv_comm *c, const struct vv_matrix *m, double limit,
                                 const struct vv_bad_values *bad, const char *path)
{
    const int64_t n_cols = m->n_cols;
    const bool here = bad->n > 0;
    int64_t n = bad->n;
    vv_comm_sum_i64(c, &n, 1);
    if (n == 0) return VV_OK;
    int64_t row = bad->row;
    vv_comm_min_i64(c, &row, 1);
    enum vv_status st = VV_OK;
    if (here && bad->row == row) {
        const double v = vv_matrix_value(m, row - vv_layout_first(&m->layout), bad->column);
        st = vv_fail(VV_INPUT,
                     "'%s': %lld of %lld values are %s, the first is %s in row %lld, feature %lld",
                     path, (long long)n, (long long)(m->layout.n * n_cols),
                     isfinite(limit) ? "2^53 or more and would lose digits" : "not finite",
                     name_bad(v, limit), (long long)vv_sample_of(m->sample, row), (long long)bad->column);
        vv_error_hint(isfinite(limit)
                          ? "rows and features count from 0; write such values as float64"
                          : "rows and features count from 0; leave such samples out when writing "
                            "the file, or write float32 where float16 overflows");
    }
    return vv_agree(c, st);
}

enum vv_status vv_rows_read(struct vv_comm *c, struct vv_source *source, int layer, int64_t *samples,
                            int64_t n, const char *scratch, struct vv_progress *progress,
                            struct vv_matrix *m)
{
    const struct vv_layer_shape *const shape = vv_source_layer(source, layer);
    struct vv_bad_values bad = {.row = INT64_MAX, .column = INT64_MAX};
    const enum vv_status st =
        vv_matrix_init_in(m, scratch, vv_comm_layout(c, n), shape->n_cols, shape->type);
    m->sample = samples;
    VV_TRY(vv_agree(c, st));
    VV_TRY(vv_agree(c, read_rows(source, layer, progress, m, &bad)));
    return refuse_bad(c, m, limit_of(shape), &bad, vv_source_path(source, layer));
}
