/* SPDX-License-Identifier: MIT */
#include "stages/id/core.h"

#include <float.h>
#include <math.h>

const char *vv_id_reason_text(enum vv_id_reason reason)
{
    switch (reason) {
    case VV_ID_FINE: return "";
    case VV_ID_FEW_NEIGHBORS: return "too few neighbors for this scale";
    case VV_ID_FEW_ROWS: return "fewer than two rows have this neighbor at a distance above zero";
    case VV_ID_SAME_RATIOS: return "the ratios of distances are all the same";
    case VV_ID_OUT_OF_RANGE: return "no dimension between 0.001 and 10000";
    case VV_ID_CONSTANT: return "all rows are the same";
    case VV_ID_TOO_LARGE: return "both samples and features exceed stages.id.pca.limit";
    }
    return "unknown";
}

void vv_id_estimate_miss(struct vv_id_estimate *e, enum vv_id_reason reason)
{
    e->value = e->std_error = NAN;
    e->reason = reason;
}

void vv_id_estimate_set(struct vv_id_estimate *e, double value, double std_error)
{
    if (!(value >= 1e-3 && value <= 1e4)) {
        vv_id_estimate_miss(e, VV_ID_OUT_OF_RANGE);
        return;
    }
    e->value = value;
    e->std_error = std_error;
    e->reason = VV_ID_FINE;
}

void vv_id_excess(const double *inner, const double *outer, int64_t n, double *excess)
{
    for (int64_t i = 0; i < n; i++) {
        const double e = inner[i] > 0.0 ? (outer[i] - inner[i]) / inner[i] : -1.0;
        excess[i] = e <= DBL_MAX ? e : DBL_MAX; /* a denormal inner distance may overflow */
    }
}

int64_t vv_id_excess_pack(double *excess, int64_t n)
{
    int64_t used = 0;
    for (int64_t i = 0; i < n; i++)
        if (excess[i] >= 0.0) excess[used++] = excess[i];
    return used;
}
