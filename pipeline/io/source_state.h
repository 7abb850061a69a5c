/* SPDX-License-Identifier: MIT */
/* What a source holds; for io/source*.c only. */
#ifndef VV_IO_SOURCE_STATE_H
#define VV_IO_SOURCE_STATE_H

#include "io/reader.h"
#include "io/source.h"

struct vv_source_layer {
    struct vv_layer_shape shape; /* name owned */
    char *path;
    const struct vv_reader *reader;
    struct vv_array array; /* name owned */
};

struct vv_source {
    const struct vv_input_config *config;
    const struct vv_layers_config *where; /* which files and datasets; NULL: synthetic */
    bool rows_vary;                       /* layers may have different numbers of rows */
    struct vv_synthetic *synthetic; /* or NULL */
    int n_layers;
    struct vv_source_layer *layers; /* [n_layers] */
    int open_layer;                 /* whose array is open now; -1: none */
    void *handle;
};

/* Local. Finds the layers of `where`: patterns, datasets, natural order. */
enum vv_status vv_source_find(struct vv_source *s);

/* Local. Frees a layer's strings. */
void vv_source_layer_release(struct vv_source_layer *layer);

#endif
