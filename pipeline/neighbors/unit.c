/* SPDX-License-Identifier: MIT */
#include "neighbors/unit.h"

#include "neighbors/direct.h"

enum vv_status vv_unit_rows(const struct vv_matrix *m, struct vv_matrix *unit)
{
    VV_TRY(vv_matrix_init_in(unit, m->folder, m->layout, m->n_cols, VV_FLOAT64));
    double *const rows = unit->rows;
    for (int64_t i = 0; i < m->n_local; i++) {
        double *const row = rows + i * m->n_cols;
        vv_matrix_row_f64(m, i, row);
        const double norm = vv_direct_norm(row, m->n_cols);
        if (norm == 0.0) {
            const int64_t global = vv_layout_first(&m->layout) + i;
            vv_matrix_release(unit);
            vv_fail(VV_INPUT, "sample %lld is zero in all features, so it has no direction",
                    (long long)vv_sample_of(m->sample, global));
            return vv_error_hint("use the euclidean metric, or remove the sample");
        }
        for (int64_t j = 0; j < m->n_cols; j++) row[j] /= norm;
        vv_matrix_passed(m, i);
        vv_matrix_passed(unit, i);
    }
    return VV_OK;
}
