/* SPDX-License-Identifier: MIT */
#include "data/labels.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

enum vv_status vv_labels_init(struct vv_labels *l, const char *name, int64_t n, int n_classes)
{
    *l = (struct vv_labels){.n = n, .n_classes = n_classes};
    l->name = vv_mem_string(name);
    l->classes = vv_mem_new(n, sizeof *l->classes, "labels");
    l->class_name = vv_mem_new(n_classes, sizeof *l->class_name, "class names");
    if (!l->name || !l->classes || !l->class_name) {
        vv_labels_release(l);
        return VV_MEMORY;
    }
    for (int64_t i = 0; i < n; i++) l->classes[i] = -1;
    return VV_OK;
}

void vv_labels_release(struct vv_labels *l)
{
    for (int c = 0; l->class_name && c < l->n_classes; c++) vv_mem_free(l->class_name[c]);
    vv_mem_free(l->class_name);
    vv_mem_free(l->classes);
    vv_mem_free(l->name);
    *l = (struct vv_labels){.n = 0};
}

static int compare_texts(const void *a, const void *b)
{
    return vv_text_natural_compare(*(const char *const *)a, *(const char *const *)b);
}

static int compare_integers(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Sorts and drops repetitions; returns how many remain. */
static int64_t unique(void *items, int64_t n, size_t size, int (*compare)(const void *, const void *))
{
    char *const p = items;
    int64_t m = 0;
    qsort(items, (size_t)n, size, compare);
    for (int64_t i = 0; i < n; i++)
        if (i == 0 || compare(p + (size_t)i * size, p + (size_t)(m - 1) * size) != 0)
            memmove(p + (size_t)m++ * size, p + (size_t)i * size, size);
    return m;
}

enum vv_status vv_labels_from_texts(struct vv_labels *l, const char *name, int64_t n,
                                    const char *const *texts)
{
    const char **distinct = vv_mem_new(n, sizeof *distinct, "class names");
    if (!distinct) return VV_MEMORY;
    int64_t m = 0;
    for (int64_t i = 0; i < n; i++)
        if (texts[i][0]) distinct[m++] = texts[i];
    m = unique(distinct, m, sizeof *distinct, compare_texts);
    enum vv_status st = vv_labels_init(l, name, n, (int)m);
    for (int64_t c = 0; !st && c < m; c++)
        if (!(l->class_name[c] = vv_mem_string(distinct[c]))) st = VV_MEMORY;
    for (int64_t i = 0; !st && i < n; i++) {
        if (!texts[i][0]) continue;
        const char **found = bsearch(&texts[i], distinct, (size_t)m, sizeof *distinct, compare_texts);
        l->classes[i] = (int32_t)(found - distinct);
    }
    vv_mem_free(distinct);
    if (st) vv_labels_release(l);
    return st;
}

enum vv_status vv_labels_from_integers(struct vv_labels *l, const char *name, int64_t n,
                                       const int64_t *values, const int64_t *missing)
{
    int64_t *distinct = vv_mem_new(n, sizeof *distinct, "class names");
    if (!distinct) return VV_MEMORY;
    int64_t m = 0;
    for (int64_t i = 0; i < n; i++)
        if (!missing || values[i] != *missing) distinct[m++] = values[i];
    m = unique(distinct, m, sizeof *distinct, compare_integers);
    enum vv_status st = vv_labels_init(l, name, n, (int)m);
    for (int64_t c = 0; !st && c < m; c++) {
        char text[32];
        snprintf(text, sizeof text, "%lld", (long long)distinct[c]);
        if (!(l->class_name[c] = vv_mem_string(text))) st = VV_MEMORY;
    }
    for (int64_t i = 0; !st && i < n; i++) {
        if (missing && values[i] == *missing) continue;
        const int64_t *found =
            bsearch(&values[i], distinct, (size_t)m, sizeof *distinct, compare_integers);
        l->classes[i] = (int32_t)(found - distinct);
    }
    vv_mem_free(distinct);
    if (st) vv_labels_release(l);
    return st;
}
