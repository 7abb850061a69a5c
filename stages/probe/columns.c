/* SPDX-License-Identifier: MIT */
#include "stages/probe/columns.h"

#include <stdio.h>

enum vv_status vv_probe_column(const struct vv_probe_group *g, const char *name, const char *units,
                               const char *description, enum vv_value type, struct vv_column **out)
{
    char path[512], long_name[256];
    const int n = snprintf(path, sizeof path, "probe/%s/%s", g->label, name);
    snprintf(long_name, sizeof long_name, "%s, %.100s", name, g->label);
    if (n >= (int)sizeof path || vv_table_find(g->table, path)) {
        vv_fail(VV_USAGE, "the label set's name '%.200s' %s", g->label,
                n >= (int)sizeof path ? "is too long" : "names a result already");
        vv_error_hint("rename it under input.labels");
        return VV_USAGE;
    }
    struct vv_column_spec spec = {.name = path, .long_name = long_name, .units = units,
                                  .description = description, .type = type};
    if (g->dim) spec.dims[0] = (struct vv_dim){g->dim, g->n};
    return vv_table_add(g->table, &spec, out);
}

enum vv_status vv_probe_number(const struct vv_probe_group *g, const char *name, const char *description,
                               double value)
{
    struct vv_column *column;
    VV_TRY(vv_probe_column(g, name, "1", description, VV_F64, &column));
    column->f64[0] = value;
    return VV_OK;
}

enum vv_status vv_probe_count(const struct vv_probe_group *g, const char *name, const char *description,
                              int64_t value)
{
    struct vv_column *column;
    VV_TRY(vv_probe_column(g, name, "1", description, VV_I64, &column));
    column->i64[0] = value;
    return VV_OK;
}

enum vv_status vv_probe_scores_columns(const struct vv_probe_group *g, const char *probe, const char *what,
                                       const struct vv_scored *scored, unsigned set)
{
    static const struct { const char *name, *units, *meaning; } text[VV_N_SCORES] = {
        {"accuracy", "1", "share of correct predictions"},
        {"balanced_accuracy", "1", "mean over classes of the share predicted correctly"},
        {"macro_f1", "1", "mean over classes of F1 = 2 tp / (occurrences + predictions)"},
        {"log_loss", "nat", "mean of -ln p of the true class, p at least 2^-52"},
        {"r2", "1", "R^2, 1 - squared errors / squared distances from the mean (classes: unit vectors)"},
    };
    static const char *const ending[] = {"", "_low", "_high"};
    static const char *const bound[] = {"", "; lower end of the bootstrap interval",
                                        "; upper end of the bootstrap interval"};
    const int64_t n = g->dim ? g->n : 1;
    for (int m = 0; m < VV_N_SCORES; m++)
        for (int e = 0; set >> m & 1 && e < 3; e++) {
            char name[128], description[512];
            struct vv_column *column;
            snprintf(name, sizeof name, "%s/%s%s", probe, text[m].name, ending[e]);
            snprintf(description, sizeof description, "%s: %s%s", what, text[m].meaning, bound[e]);
            VV_TRY(vv_probe_column(g, name, text[m].units, description, VV_F64, &column));
            for (int64_t i = 0; i < n; i++)
                column->f64[i] = e == 0   ? scored[i].value[m]
                                 : e == 1 ? scored[i].low[m]
                                          : scored[i].high[m];
        }
    return VV_OK;
}
