/* SPDX-License-Identifier: MIT */
#include "stages/probe/split.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "data/matrix.h"

/* To be sorted by class, then key, then number. */
struct item {
    double key;
    int64_t number;
    int32_t cls;
};

static int compare_keys(const struct item *a, const struct item *b)
{
    if (a->key != b->key) return a->key < b->key ? -1 : 1;
    if (a->cls != b->cls) return a->cls < b->cls ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

static int by_key(const void *a, const void *b)
{
    return compare_keys(a, b);
}

static int by_class(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    return x->cls != y->cls ? (x->cls < y->cls ? -1 : 1) : compare_keys(x, y);
}

static double key_of(uint64_t seed, int64_t sample)
{
    return vv_rng_uniform(seed, vv_rng_stream("probe/split"), (uint64_t)sample, 0);
}

static enum vv_status allocate(struct vv_split *split, int64_t n)
{
    *split = (struct vv_split){.n = n};
    split->part = vv_mem_new(n, sizeof *split->part, "split");
    split->order = vv_mem_new(n, sizeof *split->order, "split");
    if (!split->part || !split->order) return VV_MEMORY;
    memset(split->part, VV_NO_PART, (size_t)n);
    return VV_OK;
}

/* The items of one class, sorted, to train on: evenly over (0, 1). */
static void spread(const struct item *items, int64_t n, struct vv_split *split)
{
    for (int64_t i = 0; i < n; i++) {
        split->part[items[i].number] = VV_TRAIN;
        split->order[items[i].number] = ((double)i + 0.5) / (double)n;
    }
}

/* Labelled samples sorted by class and key; `given`, unless NULL: only those that train. */
static int64_t collect(const struct vv_labels *labels, const struct vv_labels *given, int train, uint64_t seed,
                       struct item *items)
{
    int64_t n = 0;
    for (int64_t s = 0; s < labels->n; s++)
        if (labels->classes[s] >= 0 && (!given || given->classes[s] == train))
            items[n++] = (struct item){key_of(seed, s), s, labels->classes[s]};
    qsort(items, (size_t)n, sizeof *items, by_class);
    return n;
}

static int64_t end_of_class(const struct item *items, int64_t from, int64_t n)
{
    int64_t to = from;
    while (to < n && items[to].cls == items[from].cls) to++;
    return to;
}

/* How many samples of each class go where. */
struct shares {
    int n;
    int64_t *size, *test, *validation; /* [n]; one block */
};

/* The rounded share of each class. Gives whether a part that is wanted got nothing. */
static bool round_shares(double validation, double test, struct shares *s)
{
    int64_t n_test = 0, n_validation = 0;
    for (int c = 0; c < s->n; c++) {
        const double size = (double)s->size[c];
        s->test[c] = (int64_t)floor(test * size + 0.5);
        s->validation[c] = (int64_t)floor(validation * size + 0.5);
        if (s->test[c] + s->validation[c] > s->size[c]) s->validation[c] = s->size[c] - s->test[c];
        n_test += s->test[c];
        n_validation += s->validation[c];
    }
    return (test > 0.0 && n_test == 0) || (validation > 0.0 && n_validation == 0);
}

/* Whole samples out of what is due, at most so many; of what does not fit, two later classes can make up for. */
static int64_t take(double *due, double share, int64_t most)
{
    *due += share;
    const int64_t n = *due < (double)most ? (int64_t)floor(*due) : most;
    *due = fmin(*due - (double)n, 2.0);
    return n;
}

/* Of small classes: shares add up from class to class until they are a sample. Each class keeps one to train on. */
static void add_up_shares(double validation, double test, struct shares *s)
{
    double test_due = 0.5, validation_due = 0.5;
    for (int c = 0; c < s->n; c++) {
        s->test[c] = s->validation[c] = 0;
        if (s->size[c] < 2) continue;
        s->test[c] = take(&test_due, test * (double)s->size[c], s->size[c] - 1);
        s->validation[c] = take(&validation_due, validation * (double)s->size[c], s->size[c] - 1 - s->test[c]);
    }
}

/* items: sorted by class */
static void divide(const struct item *items, int64_t n, const struct shares *s, struct vv_split *split)
{
    for (int64_t from = 0; from < n;) {
        const int c = items[from].cls;
        const int64_t begin = from + s->test[c], end = begin + s->validation[c], to = from + s->size[c];
        for (int64_t i = from; i < begin; i++) split->part[items[i].number] = VV_TEST;
        for (int64_t i = begin; i < end; i++) split->part[items[i].number] = VV_VALIDATION;
        spread(items + end, to - end, split);
        from = to;
    }
}

enum vv_status vv_split_draw(const struct vv_labels *labels, double validation, double test, uint64_t seed,
                             struct vv_split *split)
{
    VV_TRY(allocate(split, labels->n));
    struct item *items = vv_mem_new(labels->n, sizeof *items, "split");
    struct shares s = {.n = labels->n_classes};
    s.size = vv_mem_new(3 * (int64_t)s.n, sizeof *s.size, "split");
    const enum vv_status st = items && s.size ? VV_OK : VV_MEMORY;
    if (!st) {
        const int64_t n = collect(labels, NULL, 0, seed, items);
        s.test = s.size + s.n;
        s.validation = s.test + s.n;
        for (int64_t i = 0; i < n; i++) s.size[items[i].cls]++;
        if (round_shares(validation, test, &s)) add_up_shares(validation, test, &s);
        divide(items, n, &s, split);
    }
    vv_mem_free(items);
    vv_mem_free(s.size);
    return st;
}

enum vv_status vv_split_given(const struct vv_labels *labels, const struct vv_labels *parts, uint64_t seed,
                              struct vv_split *split)
{
    static const char *const names[VV_N_PARTS] = {"train", "validation", "test"};
    int train = -1;
    VV_TRY(allocate(split, labels->n));
    if (parts->n != labels->n)
        return vv_fail(VV_INPUT, "the split '%s' has %lld samples, the labels '%s' have %lld", parts->name,
                       (long long)parts->n, labels->name, (long long)labels->n);
    for (int c = 0; c < parts->n_classes; c++) {
        int part = 0;
        while (part < VV_N_PARTS && strcmp(parts->class_name[c], names[part]) != 0) part++;
        if (part == VV_N_PARTS) {
            vv_fail(VV_USAGE, "the label set '%s' is no split: it has the value '%.100s'", parts->name,
                    parts->class_name[c]);
            return vv_error_hint("stages.probe.split names a label set with the values train, validation and "
                                 "test");
        }
        if (part == VV_TRAIN) train = c;
        for (int64_t s = 0; s < labels->n; s++)
            if (parts->classes[s] == c && labels->classes[s] >= 0) split->part[s] = (int8_t)part;
    }
    struct item *items = vv_mem_new(labels->n, sizeof *items, "split");
    if (!items) return VV_MEMORY;
    const int64_t n = train < 0 ? 0 : collect(labels, parts, train, seed, items);
    for (int64_t from = 0, to; from < n; from = to) {
        to = end_of_class(items, from, n);
        spread(items + from, to - from, split);
    }
    vv_mem_free(items);
    return VV_OK;
}

void vv_split_release(struct vv_split *split)
{
    vv_mem_free(split->part);
    vv_mem_free(split->order);
    *split = (struct vv_split){.n = 0};
}

/* Fills order->row, sorted, from items; they hold rows to train on: [n_train]. */
static void put_rows(const struct vv_split *split, const int64_t *sample, int64_t n_rows, struct item *items,
                     struct vv_probe_order *order)
{
    int64_t at[VV_N_PARTS] = {0, order->n[VV_TRAIN], order->n[VV_TRAIN] + order->n[VV_VALIDATION]};
    qsort(items, (size_t)order->n[VV_TRAIN], sizeof *items, by_key);
    for (int64_t i = 0; i < order->n[VV_TRAIN]; i++) order->row[i] = items[i].number;
    for (int64_t r = 0; r < n_rows; r++) {
        const int8_t part = split->part[vv_sample_of(sample, r)];
        if (part == VV_VALIDATION || part == VV_TEST) order->row[at[part]++] = r;
    }
}

enum vv_status vv_probe_order_init(const struct vv_split *split, const struct vv_labels *labels,
                                   const int64_t *sample, int64_t n_rows, struct vv_probe_order *order)
{
    *order = (struct vv_probe_order){.n_classes = 0};
    order->row = vv_mem_new(n_rows, sizeof *order->row, "order of a probe");
    order->target = vv_mem_new(n_rows, sizeof *order->target, "targets of a probe");
    order->truth = vv_mem_new(n_rows, sizeof *order->truth, "targets of a probe");
    order->met = vv_mem_new(labels->n_classes, sizeof *order->met, "classes of a probe");
    struct item *items = vv_mem_new(n_rows, sizeof *items, "order of a probe");
    int32_t *number = vv_mem_new(labels->n_classes, sizeof *number, "classes of a probe");
    const bool complete = order->row && order->target && order->truth && order->met && items && number;
    const enum vv_status st = complete ? VV_OK : VV_MEMORY;
    for (int64_t r = 0; !st && r < n_rows; r++) {
        const int64_t s = vv_sample_of(sample, r);
        if (split->part[s] == VV_NO_PART) continue;
        if (split->part[s] == VV_TRAIN) {
            items[order->n[VV_TRAIN]] = (struct item){split->order[s], r, labels->classes[s]};
            number[labels->classes[s]] = 1;
        }
        order->n[split->part[s]]++;
    }
    for (int c = 0; !st && c < labels->n_classes; c++) {
        if (number[c]) order->met[order->n_classes] = c;
        number[c] = number[c] ? order->n_classes++ : -1;
    }
    if (!st) put_rows(split, sample, n_rows, items, order);
    const int64_t n = order->n[VV_TRAIN] + order->n[VV_VALIDATION] + order->n[VV_TEST];
    for (int64_t i = 0; !st && i < n; i++) {
        order->truth[i] = labels->classes[vv_sample_of(sample, order->row[i])];
        order->target[i] = number[order->truth[i]];
    }
    vv_mem_free(items);
    vv_mem_free(number);
    return st;
}

void vv_probe_order_release(struct vv_probe_order *order)
{
    vv_mem_free(order->row);
    vv_mem_free(order->target);
    vv_mem_free(order->truth);
    vv_mem_free(order->met);
    *order = (struct vv_probe_order){.n_classes = 0};
}

int vv_probe_order_begin(const struct vv_probe_order *order, int64_t n, int32_t *target, int32_t *met)
{
    const int64_t all = order->n[VV_TRAIN] + order->n[VV_VALIDATION] + order->n[VV_TEST];
    int n_classes = 0;
    for (int c = 0; c < order->n_classes; c++) met[c] = 0;
    for (int64_t i = 0; i < n; i++) met[order->target[i]] = 1;
    for (int c = 0; c < order->n_classes; c++) met[c] = met[c] ? n_classes++ : -1; /* for now, their numbers */
    for (int64_t i = 0; i < all; i++) target[i] = order->target[i] < 0 ? -1 : met[order->target[i]];
    for (int c = 0; c < order->n_classes; c++)
        if (met[c] >= 0) met[met[c]] = order->met[c]; /* met[c] <= c: what is overwritten has been read */
    return n_classes;
}

enum vv_status vv_probe_permute(const int32_t *target, int64_t n, uint64_t seed, int32_t *permuted)
{
    int64_t *order = vv_mem_new(n, sizeof *order, "permuted labels");
    const enum vv_status st = order ? vv_rng_order(seed, vv_rng_stream("probe/permuted"), n, NULL, order) : VV_MEMORY;
    for (int64_t i = 0; !st && i < n; i++) permuted[i] = target[order[i]];
    vv_mem_free(order);
    return st;
}
