/* SPDX-License-Identifier: MIT */
/* For unit tests: layers in files, as the spaces that stages compare. */
#ifndef VV_TEST_LAYERS_H
#define VV_TEST_LAYERS_H

#include "io/spaces.h"
#include "vv_data.h"

/* Layers a, b, ... written as .npy, so that they can be read again, with the neighbor tables of some. */
struct vv_test_layers {
    char folder[64];
    struct vv_input_config config;
    char path[96];
    struct vv_source *source;
    struct vv_neighbors tables[4];
    struct vv_space spaces[4];
    int n;
};

static inline void vv_test_write_npy(const char *path, const double *x, int n, int d)
{
    char header[128];
    const int length = snprintf(header, sizeof header,
                                "{'descr': '<f8', 'fortran_order': False, 'shape': (%d, %d), }", n, d);
    for (int i = length; i < 118; i++) header[i] = ' ';
    header[117] = '\n';
    FILE *const f = fopen(path, "wb");
    assert_non_null(f);
    fwrite("\x93NUMPY\x01\x00\x76\x00", 1, 10, f);
    fwrite(header, 1, 118, f);
    fwrite(x, sizeof *x, (size_t)(n * d), f);
    fclose(f);
}

static inline void vv_test_layers_add(struct vv_test_layers *l, const double *x, int n, int d)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%c.npy", l->folder, 'a' + l->n++);
    if (vv_comm_rank(vv_world) == 0) vv_test_write_npy(path, x, n, d);
}

/* k: neighbors stored for each layer; 0: no table, as for another network. */
static inline void vv_test_layers_open(struct vv_test_layers *l, const double *const *x, const int *d, int n,
                                       const int *k)
{
    snprintf(l->path, sizeof l->path, "%s/{layer}.npy", l->folder);
    vv_comm_barrier(vv_world);
    l->config.layers = (struct vv_layers_config){.path = l->path, .present = true};
    vv_assert_ok(vv_source_open(vv_world, &l->config, &l->source));
    for (int i = 0; i < l->n; i++) {
        l->spaces[i] = (struct vv_space){l->source, i, NULL};
        if (k[i] == 0) continue;
        char name[8];
        snprintf(name, sizeof name, "%c", 'a' + i);
        l->tables[i] = vv_test_neighbors(x[i], n, d[i], k[i], VV_EUCLIDEAN);
        vv_assert_ok(vv_neighbors_file_publish(vv_world, &l->tables[i], l->folder, "knn", name));
        l->spaces[i].table = &l->tables[i];
    }
}

static inline void vv_test_layers_close(struct vv_test_layers *l)
{
    for (int i = 0; i < l->n; i++) vv_neighbors_release(&l->tables[i]);
    vv_source_close(&l->source);
    vv_test_folder_remove(l->folder);
}

#endif
