/* SPDX-License-Identifier: MIT */
/* What stages hand to each other. Owned by the runner; stages see inputs as const. */
#ifndef VV_DATA_ARTIFACT_H
#define VV_DATA_ARTIFACT_H

#include "base/hash.h"
#include "data/labels.h"
#include "data/matrix.h"
#include "data/neighbors.h"
#include "data/samples.h"
#include "data/table.h"

struct vv_source; /* io/source.h: where layers are read from */

enum vv_kind { VV_SOURCE, VV_MATRIX, VV_NEIGHBORS, VV_LABELS, VV_TABLE, VV_SAMPLES };

struct vv_artifact {
    enum vv_kind kind;
    int layer;              /* 0-based position in the run; -1: belongs to no layer */
    const char *layer_name; /* NULL when layer is -1; borrowed */
    struct vv_digest digest; /* of the content, where its stage gives one; else zero */
    struct vv_source *source;       /* the payload, the one that `kind` names */
    struct vv_matrix matrix;
    struct vv_neighbors neighbors;
    struct vv_labels labels;
    struct vv_table table;
    struct vv_samples samples;
};

/* Local. Releases the payload (a source is borrowed and stays open). */
void vv_artifact_release(struct vv_artifact *a);

#endif
