/* SPDX-License-Identifier: MIT */
/* A set of class labels, one for each input sample; replicated on all ranks. */
#ifndef VV_DATA_LABELS_H
#define VV_DATA_LABELS_H

#include <stdint.h>

#include "base/error.h"

struct vv_labels {
    char *name;        /* of the set, such as "digit" */
    int64_t n;         /* input samples, before any selection */
    int n_classes;
    int32_t *classes;  /* [n] class 0..n_classes-1 of each sample; -1 = unlabelled */
    char **class_name; /* [n_classes] */
};

/* Local. All samples unlabelled, class names NULL. */
enum vv_status vv_labels_init(struct vv_labels *l, const char *name, int64_t n, int n_classes);
void vv_labels_release(struct vv_labels *l);

/* Local. Builds a set from one text per sample: classes are the distinct texts in natural order
 * ("2" before "10"); an empty text is unlabelled. texts: [n] */
enum vv_status vv_labels_from_texts(struct vv_labels *l, const char *name, int64_t n,
                                    const char *const *texts);

/* Local. Builds a set from one integer per sample: classes are the distinct values, ascending,
 * named by them; `missing` (if not NULL) is the value that means unlabelled. values: [n] */
enum vv_status vv_labels_from_integers(struct vv_labels *l, const char *name, int64_t n,
                                       const int64_t *values, const int64_t *missing);

#endif
