/* SPDX-License-Identifier: MIT */
#include "data/summary.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

void vv_summary_init(struct vv_summary *s, int n_layers, char *const *layer_names)
{
    *s = (struct vv_summary){.n_layers = n_layers, .layer_names = layer_names, .profile = -1};
}

void vv_summary_release(struct vv_summary *s)
{
    for (int i = 0; i < s->n_columns; i++) {
        vv_mem_free(s->columns[i].values);
        vv_mem_free(s->columns[i].errors);
    }
    for (int i = 0; i < s->n_sentences; i++) vv_mem_free(s->sentences[i]);
    vv_mem_free(s->columns);
    vv_mem_free(s->sentences);
    vv_summary_init(s, 0, NULL);
}

static double *copy(const double *values, int n)
{
    double *mine = vv_mem_new(n, sizeof *mine, "summary");
    if (mine) memcpy(mine, values, (size_t)n * sizeof *mine);
    return mine;
}

enum vv_status vv_summary_add(struct vv_summary *s, const char *heading, const double *values,
                              const double *errors, int decimals)
{
    struct vv_summary_column *grown =
        vv_mem_resize(s->columns, s->n_columns + 1, sizeof *grown, "summary");
    if (!grown) return VV_MEMORY;
    s->columns = grown;
    struct vv_summary_column *c = &grown[s->n_columns];
    snprintf(c->heading, sizeof c->heading, "%s", heading);
    c->decimals = decimals;
    c->values = copy(values, s->n_layers);
    c->errors = errors ? copy(errors, s->n_layers) : NULL;
    s->n_columns++;
    return c->values && (c->errors || !errors) ? VV_OK : VV_MEMORY;
}

enum vv_status vv_summary_add_counts(struct vv_summary *s, const char *heading, const struct vv_column *counts)
{
    if (!counts) return VV_OK;
    double *const values = vv_mem_new(s->n_layers, sizeof *values, "summary");
    if (!values) return VV_MEMORY;
    for (int l = 0; l < s->n_layers; l++) values[l] = (double)counts->i64[l];
    const enum vv_status st = vv_summary_add(s, heading, values, NULL, 0);
    vv_mem_free(values);
    return st;
}

void vv_summary_plot(struct vv_summary *s)
{
    s->profile = s->n_columns - 1;
}

enum vv_status vv_summary_say(struct vv_summary *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *const text = vv_mem_new(length + 1, 1, "summary");
    if (!text) return VV_MEMORY;
    va_start(args, format);
    vsnprintf(text, (size_t)length + 1, format, args);
    va_end(args);
    char **grown = vv_mem_resize(s->sentences, s->n_sentences + 1, sizeof *grown, "summary");
    if (!grown) {
        vv_mem_free(text);
        return VV_MEMORY;
    }
    s->sentences = grown;
    grown[s->n_sentences++] = text;
    return VV_OK;
}
