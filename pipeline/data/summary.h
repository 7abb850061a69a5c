/* SPDX-License-Identifier: MIT */
/* What a finished run tells on the terminal: one line a layer, one column a quantity, a small plot
 * of the profile, and closing sentences. Stages add to it; the runner prints it. */
#ifndef VV_DATA_SUMMARY_H
#define VV_DATA_SUMMARY_H

#include "base/error.h"
#include "data/table.h"

struct vv_summary_column {
    char heading[32];
    int decimals;
    double *values; /* [n_layers]; NaN is shown as "-" */
    double *errors; /* [n_layers] or NULL: shown as "value +- error" */
};

struct vv_summary {
    int n_layers;
    char *const *layer_names;
    int n_columns;
    struct vv_summary_column *columns;
    int profile;         /* the column to plot; -1: none */
    int n_sentences;
    char **sentences;    /* closing sentences, one line each */
};

void vv_summary_init(struct vv_summary *s, int n_layers, char *const *layer_names);
void vv_summary_release(struct vv_summary *s);

/* Local. Adds a column; values (and errors unless NULL) are copied. */
enum vv_status vv_summary_add(struct vv_summary *s, const char *heading, const double *values,
                              const double *errors, int decimals);

/* Local. Adds whole numbers: an integer column of a table, one value a layer; NULL adds nothing. */
enum vv_status vv_summary_add_counts(struct vv_summary *s, const char *heading, const struct vv_column *counts);

/* Local. Marks the column added last as the profile to plot. */
void vv_summary_plot(struct vv_summary *s);

/* Local. Adds a closing sentence. */
enum vv_status vv_summary_say(struct vv_summary *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
