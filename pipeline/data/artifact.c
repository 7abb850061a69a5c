/* SPDX-License-Identifier: MIT */
#include "data/artifact.h"

void vv_artifact_release(struct vv_artifact *a)
{
    switch (a->kind) {
    case VV_SOURCE: a->source = NULL; break;
    case VV_MATRIX: vv_matrix_release(&a->matrix); break;
    case VV_NEIGHBORS: vv_neighbors_release(&a->neighbors); break;
    case VV_LABELS: vv_labels_release(&a->labels); break;
    case VV_TABLE: vv_table_release(&a->table); break;
    case VV_SAMPLES: vv_samples_release(&a->samples); break;
    }
}
