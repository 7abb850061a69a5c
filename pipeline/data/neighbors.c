/* SPDX-License-Identifier: MIT */
#include "data/neighbors.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

enum vv_status vv_neighbors_init(struct vv_neighbors *nb, struct vv_layout layout, int k,
                                 enum vv_metric metric, const int64_t *sample)
{
    *nb = (struct vv_neighbors){
        .layout = layout, .k = k, .metric = metric, .n_references = layout.n};
    const int64_t n = vv_layout_local(&layout);
    nb->index = vv_mem_new_raw(n * k, sizeof *nb->index, "neighbor indices");
    nb->distance = vv_mem_new_raw(n * k, sizeof *nb->distance, "neighbor distances");
    if (sample && (nb->sample = vv_mem_new(layout.n, sizeof *sample, "sample numbers")))
        memcpy(nb->sample, sample, (size_t)layout.n * sizeof *sample);
    if (nb->index && nb->distance && (nb->sample || !sample)) return VV_OK;
    vv_neighbors_release(nb);
    return VV_MEMORY;
}

void vv_neighbors_release_arrays(struct vv_neighbors *nb)
{
    vv_mem_free(nb->index);
    vv_mem_free(nb->distance);
    nb->index = NULL;
    nb->distance = NULL;
}

void vv_neighbors_release(struct vv_neighbors *nb)
{
    vv_neighbors_release_arrays(nb);
    vv_mem_free(nb->sample);
    vv_mem_free(nb->among);
    vv_mem_free(nb->path);
    *nb = (struct vv_neighbors){.k = 0};
}

enum vv_status vv_neighbors_read(const struct vv_neighbors *nb, int64_t row, int64_t n_rows, int k,
                                 int32_t *index, double *distance)
{
    if (k > nb->k || row < 0 || n_rows < 0 || row + n_rows > nb->layout.n)
        return vv_fail(VV_BUG, "neighbor rows outside the table were asked for");
    const int64_t first = vv_layout_first(&nb->layout), i0 = row - first;
    const int64_t n_local = vv_layout_local(&nb->layout);
    if (!nb->index || i0 < 0 || i0 + n_rows > n_local) {
        if (nb->fetch) return nb->fetch(nb, row, n_rows, k, index, distance);
        return vv_fail(VV_BUG, "neighbor rows that are not in memory were asked for");
    }
    for (int64_t i = 0; i < n_rows; i++) {
        const size_t from = (size_t)((i0 + i) * nb->k), to = (size_t)(i * k);
        if (index) memcpy(index + to, nb->index + from, (size_t)k * sizeof *index);
        if (distance) memcpy(distance + to, nb->distance + from, (size_t)k * sizeof *distance);
    }
    return VV_OK;
}

const char *const vv_metric_names[] = {"euclidean", "cosine", "inner_product", NULL};
const char *const vv_metric_meanings[] = {
    "Euclidean distance between the two rows",
    "cosine distance, 1 - cos of the angle between the two rows",
    "minus the inner product of the two rows",
};

double vv_neighbors_length(enum vv_metric metric, double distance)
{
    return metric == VV_COSINE ? sqrt(2.0 * distance) : distance;
}
