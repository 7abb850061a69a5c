/* SPDX-License-Identifier: MIT */
#include "data/series.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"

static size_t prefix_length(const char *name)
{
    const char *const slash = strrchr(name, '/');
    return slash ? (size_t)(slash - name) : 0;
}

static bool same_series(const char *a, const char *b)
{
    const size_t n = prefix_length(a);
    return n == prefix_length(b) && memcmp(a, b, n) == 0;
}

enum vv_status vv_series_init(struct vv_series *s, int n_layers, char *const *names)
{
    *s = (struct vv_series){.n = 0};
    s->first = vv_mem_new(n_layers + 1, sizeof *s->first, "series of layers");
    s->name = vv_mem_new(n_layers, sizeof *s->name, "series of layers");
    if (!s->first || !s->name) goto fail;
    for (int l = 0; l < n_layers; l++) {
        if (l > 0 && same_series(names[l - 1], names[l])) continue;
        if (!(s->name[s->n] = vv_mem_string(names[l]))) goto fail;
        s->name[s->n][prefix_length(names[l])] = '\0';
        s->first[s->n++] = l;
    }
    s->first[s->n] = n_layers;
    return VV_OK;
fail:
    vv_series_release(s);
    return VV_MEMORY;
}

void vv_series_release(struct vv_series *s)
{
    for (int i = 0; s->name && i < s->n; i++) vv_mem_free(s->name[i]);
    vv_mem_free(s->name);
    vv_mem_free(s->first);
    *s = (struct vv_series){.n = 0};
}
