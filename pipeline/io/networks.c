/* SPDX-License-Identifier: MIT */
#include "io/networks.h"

#include <string.h>

const struct vv_other *vv_network_find(const struct vv_other *others, int n, const char *name, int *at)
{
    for (*at = 0; *at < n; (*at)++)
        if (strcmp(others[*at].name, name) == 0) return &others[*at];
    return NULL;
}

/* Names that are the same, or would be in the report. */
static void check_twice(const struct vv_texts *names, const char *key, struct vv_diagnostics *d)
{
    for (int i = 0; i < names->n; i++)
        for (int j = 0; j < names->n; j++) {
            const size_t n = strlen(names->v[j]);
            if (i == j || strncmp(names->v[i], names->v[j], n) != 0) continue;
            if (names->v[i][n] == '\0' && j < i)
                vv_diagnostics_add_key(d, key, "'%s' is there twice", names->v[i]);
            if (strcmp(names->v[i] + n, "_std_error") == 0)
                vv_diagnostics_add_key(d, key, "'%s' is what the errors of '%s' are called in the report; rename it",
                                       names->v[i], names->v[j]);
        }
}

void vv_networks_check(const struct vv_shape *shape, const struct vv_texts *names, const char *key,
                       struct vv_diagnostics *d)
{
    check_twice(names, key, d);
    for (int i = 0, at; i < names->n; i++) {
        const struct vv_other *const o = vv_network_find(shape->others, shape->n_others, names->v[i], &at);
        if (!o) vv_diagnostics_add_key(d, key, "no '%s' in input.others", names->v[i]);
        else if (o->n != shape->n_samples)
            vv_diagnostics_add_key(d, key, "'%s' has %lld rows, the layers have %lld: they must be the same "
                                   "inputs in the same order", names->v[i], (long long)o->n,
                                   (long long)shape->n_samples);
    }
}

enum vv_status vv_network_tabulate(struct vv_source *network, const char *dimension, struct vv_table *table)
{
    const int n = vv_source_n_layers(network);
    struct vv_column *names;
    const struct vv_column_spec spec = {.name = dimension, .long_name = "layer of the other network", .units = "1",
                                        .description = "name of the layer in the other input", .type = VV_TEXT,
                                        .dims = {{dimension, n}}};
    VV_TRY(vv_table_add(table, &spec, &names));
    for (int l = 0; l < n; l++) VV_TRY(vv_column_set_text(names, l, vv_source_layer(network, l)->name));
    return VV_OK;
}
