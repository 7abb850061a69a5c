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

/* Stored neighbor tables: the source itself is that of the distances. */
struct vv_tables {
    struct vv_layers_config where[3];   /* of distances, indices, samples; texts borrowed */
    struct vv_source *indices, *samples; /* of the same layers; samples: or NULL */
};

struct vv_source {
    const struct vv_input_config *config;
    const struct vv_layers_config *where; /* which files and datasets; NULL: synthetic */
    bool rows_vary;                       /* layers may have different numbers of rows */
    struct vv_synthetic *synthetic; /* or NULL */
    struct vv_tables *tables;       /* or NULL */
    int n_layers;
    struct vv_source_layer *layers; /* [n_layers] */
    int open_layer;                 /* whose array is open now; -1: none */
    void *handle;
};

/* Local. Finds the layers of `where`: patterns, datasets, natural order. */
enum vv_status vv_source_find(struct vv_source *s);

/* Local. Finds stored neighbor tables, and sees that those of distances, indices and samples belong together. */
enum vv_status vv_tables_find(struct vv_source *s);
void vv_tables_release(struct vv_source *s);

/* Local. Appends what identifies the tables of a layer beside that of the distances. */
void vv_tables_identify(const struct vv_source *s, int layer, struct vv_strbuf *out);

/* Local. Frees a layer's strings. */
void vv_source_layer_release(struct vv_source_layer *layer);

#endif
