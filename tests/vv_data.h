/* SPDX-License-Identifier: MIT */
/* For unit tests: dense data that every rank holds, turned into sharded matrices and tables. */
#ifndef VV_TEST_DATA_H
#define VV_TEST_DATA_H

#include <unistd.h>

#include "data/matrix.h"
#include "data/neighbors.h"
#include "io/neighbors_file.h"
#include "neighbors/search.h"
#include "vv_test.h"

/* This rank's share of values: [n][d], exactly representable in `type`. */
static inline struct vv_matrix vv_test_matrix(const double *values, int64_t n, int64_t d,
                                              enum vv_real type)
{
    struct vv_matrix m;
    vv_assert_ok(vv_matrix_init(&m, vv_comm_layout(vv_world, n), d, type));
    for (int64_t i = 0; i < m.n_local; i++)
        for (int64_t j = 0; j < d; j++) {
            const double v = values[(vv_layout_first(&m.layout) + i) * d + j];
            if (type == VV_FLOAT32) ((float *)m.rows)[i * d + j] = (float)v;
            else ((double *)m.rows)[i * d + j] = v;
        }
    return m;
}

/* The neighbor table of such data. */
static inline struct vv_neighbors vv_test_neighbors(const double *values, int64_t n, int64_t d,
                                                    int k, enum vv_metric metric)
{
    const struct vv_search how = {.k = k, .metric = metric};
    struct vv_matrix m = vv_test_matrix(values, n, d, VV_FLOAT64);
    struct vv_neighbors nb;
    vv_assert_ok(vv_neighbors_search(vv_world, &m, &how, &nb, NULL));
    vv_matrix_release(&m);
    return nb;
}

/* A folder of its own for one test, the same on all ranks. path: [64] */
static inline void vv_test_folder(char path[64])
{
    vv_test_template(path);
    if (vv_comm_rank(vv_world) == 0) assert_non_null(mkdtemp(path));
    vv_comm_bcast(vv_world, path, 64, 0);
}

static inline void vv_test_folder_remove(const char *path)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", path);
    vv_comm_barrier(vv_world);
    if (vv_comm_rank(vv_world) == 0) assert_int_equal(system(command), 0);
}

#endif
