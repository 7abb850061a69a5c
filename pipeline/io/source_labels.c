/* SPDX-License-Identifier: MIT */
/* Label sets: rank 0 reads, all ranks receive. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "dist/agree.h"
#include "io/csv.h"
#include "io/source_state.h"

static enum vv_status from_texts(const struct vv_label_config *c, const char *name, int64_t n,
                                 char **texts, struct vv_labels *out)
{
    for (int64_t i = 0; c->missing && i < n; i++)
        if (strcmp(texts[i], c->missing) == 0) texts[i][0] = '\0';
    return vv_labels_from_texts(out, name, n, (const char *const *)texts);
}

static enum vv_status from_numbers(const struct vv_label_config *c, const char *name, int64_t n,
                                   const double *numbers, struct vv_labels *out)
{
    int64_t missing = 0;
    const bool is_nan = c->missing && strcasecmp(c->missing, "nan") == 0;
    if (c->missing && !is_nan && !vv_text_to_int(c->missing, &missing))
        return vv_fail(VV_INPUT, "labels '%s': missing: '%s' is not an integer, but the labels are",
                       name, c->missing);
    int64_t *integers = vv_mem_new(n, sizeof *integers, "labels");
    if (!integers) return VV_MEMORY;
    enum vv_status st = VV_OK;
    if (is_nan) missing = INT64_MIN; /* beyond what a double with digits to spare can say */
    for (int64_t i = 0; i < n && !st; i++) {
        if (is_nan && isnan(numbers[i])) integers[i] = missing;
        else if (fabs(numbers[i]) < 0x1p53 && numbers[i] == floor(numbers[i]))
            integers[i] = (int64_t)numbers[i];
        else
            st = vv_fail(VV_INPUT, "labels '%s': %g at sample %lld of '%s' is not a whole number%s",
                         name, numbers[i], (long long)i, c->path,
                         fabs(numbers[i]) >= 0x1p53 ? " below 2^53" : "");
    }
    if (!st)
        st = vv_labels_from_integers(out, name, n, integers, c->missing ? &missing : NULL);
    vv_mem_free(integers);
    return st;
}

/* Which array of the file holds the labels. */
static enum vv_status choose_array(const struct vv_label_config *c, const char *name,
                                   const struct vv_reader *reader, const struct vv_array *arrays,
                                   int n, int *chosen)
{
    const char *const wanted =
        c->dataset && c->dataset[0] == '/' ? c->dataset + 1 : c->dataset;
    *chosen = -1;
    if (!reader->many) {
        *chosen = 0;
    } else if (!wanted) {
        vv_fail(VV_INPUT, "labels '%s': which dataset of '%s'?", name, c->path);
        return vv_error_hint("add dataset: NAME; 'varve inspect %s' lists them", c->path);
    }
    for (int i = 0; i < n && *chosen < 0; i++)
        if (strcmp(arrays[i].name, wanted) == 0) *chosen = i;
    if (*chosen < 0) {
        vv_fail(VV_INPUT, "labels '%s': '%s' has no dataset '%s'", name, c->path, wanted);
        return vv_error_hint("'varve inspect %s' lists them", c->path);
    }
    VV_TRY(vv_array_usable(&arrays[*chosen]));
    if (arrays[*chosen].n_cols != 1)
        return vv_fail(VV_INPUT, "labels '%s': '%s' of '%s' has %lld values per sample, not one",
                       name, arrays[*chosen].name, c->path, (long long)arrays[*chosen].n_cols);
    return VV_OK;
}

static enum vv_status read_array(const struct vv_label_config *c, const char *name,
                                 const struct vv_reader *reader, const struct vv_array *a,
                                 struct vv_labels *out)
{
    const char *const path = vv_array_file(a, c->path);
    enum vv_status st;
    if (a->is_text) {
        char **texts = vv_mem_new(a->n_rows, sizeof *texts, "labels");
        if (!texts) return VV_MEMORY;
        st = reader->read_texts(path, a, texts);
        if (!st) st = from_texts(c, name, a->n_rows, texts, out);
        for (int64_t i = 0; i < a->n_rows; i++) vv_mem_free(texts[i]);
        vv_mem_free(texts);
        return st;
    }
    void *handle = NULL;
    double *numbers = vv_mem_new(a->n_rows, sizeof *numbers, "labels");
    st = numbers ? reader->open(path, a, &handle) : VV_MEMORY;
    if (!st) st = reader->read(handle, 0, a->n_rows, VV_FLOAT64, numbers);
    if (!st) st = from_numbers(c, name, a->n_rows, numbers, out);
    if (handle) reader->close(handle);
    vv_mem_free(numbers);
    return st;
}

static bool ends_in(const char *text, const char *end)
{
    const size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static enum vv_status read_text_file(const struct vv_label_config *c, const char *name,
                                     struct vv_labels *out)
{
    struct vv_texts_read texts;
    const bool csv = c->column || ends_in(c->path, ".csv");
    enum vv_status st = csv ? vv_csv_read_column(c->path, c->column, &texts)
                            : vv_text_read_lines(c->path, &texts);
    if (st) return st;
    st = from_texts(c, name, texts.n, texts.text, out);
    vv_texts_read_release(&texts);
    return st;
}

static enum vv_status wrong_number(const char *name, const char *path, int64_t n_labels, int64_t n)
{
    return vv_fail(VV_INPUT, "labels '%s': %lld labels in '%s' where the layers have %lld rows", name,
                   (long long)n_labels, path, (long long)n);
}

static enum vv_status read_set(const struct vv_label_config *c, const char *name, int64_t n,
                               struct vv_labels *out)
{
    const struct vv_reader *reader;
    VV_TRY(vv_reader_find(c->path, &reader));
    if (!reader) {
        VV_TRY(read_text_file(c, name, out));
    } else {
        struct vv_array *arrays = NULL;
        int n_arrays = 0, chosen;
        VV_TRY(reader->list(c->path, &arrays, &n_arrays));
        enum vv_status st = choose_array(c, name, reader, arrays, n_arrays, &chosen);
        if (!st && arrays[chosen].n_rows != n) /* before there is room for what a header claims */
            st = wrong_number(name, c->path, arrays[chosen].n_rows, n);
        if (!st) st = read_array(c, name, reader, &arrays[chosen], out);
        vv_arrays_release(&arrays, n_arrays);
        if (st) return st;
    }
    if (out->n != n) {
        wrong_number(name, c->path, out->n, n);
        if (!reader && out->n == n + 1)
            vv_error_hint("is its first line a heading? Then name it: column: HEADING");
    } else if (out->n_classes == 0) {
        vv_fail(VV_INPUT, "labels '%s': no sample of '%s' is labelled", name, c->path);
    } else {
        return VV_OK;
    }
    vv_labels_release(out);
    return VV_INPUT;
}

/* Collective. Hands rank 0's set to all ranks. */
static enum vv_status broadcast(struct vv_comm *c, const char *name, struct vv_labels *l)
{
    int64_t shape[3] = {l->n, l->n_classes, 0};
    const bool root = vv_comm_rank(c) == 0;
    for (int k = 0; root && k < l->n_classes; k++)
        shape[2] += (int64_t)strlen(l->class_name[k]) + 1;
    vv_comm_bcast(c, shape, sizeof shape, 0);
    char *names = vv_mem_new(shape[2], 1, "class names");
    enum vv_status st = names ? VV_OK : VV_MEMORY;
    if (!st && !root) st = vv_labels_init(l, name, shape[0], (int)shape[1]);
    if (!(st = vv_agree(c, st))) {
        char *p = names;
        for (int k = 0; root && k < l->n_classes; k++, p += strlen(p) + 1)
            memcpy(p, l->class_name[k], strlen(l->class_name[k]) + 1);
        vv_comm_bcast(c, names, (size_t)shape[2], 0);
        vv_comm_bcast(c, l->classes, (size_t)shape[0] * sizeof *l->classes, 0);
        p = names;
        for (int k = 0; !st && !root && k < l->n_classes; k++, p += strlen(p) + 1)
            if (!(l->class_name[k] = vv_mem_string(p))) st = VV_MEMORY;
    }
    vv_mem_free(names);
    return vv_agree(c, st);
}

enum vv_status vv_source_labels(struct vv_comm *c, struct vv_source *s, struct vv_labels **labels,
                                int *n)
{
    const struct vv_map *sets = &s->config->labels;
    *n = s->synthetic ? 2 : sets->n;
    *labels = vv_mem_new(*n, sizeof **labels, "label sets");
    enum vv_status st = vv_agree(c, *labels ? VV_OK : VV_MEMORY);
    if (!st && s->synthetic) st = vv_agree(c, vv_synthetic_labels(s->synthetic, *labels));
    for (int i = 0; !st && !s->synthetic && i < sets->n; i++) {
        const struct vv_label_config *config = (const struct vv_label_config *)sets->items + i;
        if (vv_comm_rank(c) == 0)
            st = read_set(config, sets->name[i], s->layers[0].shape.n, &(*labels)[i]);
        st = vv_agree(c, st);
        if (!st) st = broadcast(c, sets->name[i], &(*labels)[i]);
    }
    if (!st) return VV_OK;
    for (int i = 0; *labels && i < *n; i++) vv_labels_release(&(*labels)[i]);
    vv_mem_free(*labels);
    *labels = NULL;
    *n = 0;
    return st;
}
