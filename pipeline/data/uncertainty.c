/* SPDX-License-Identifier: MIT */
#include "data/uncertainty.h"

#include <stdio.h>
#include <string.h>

enum { NAME_BYTES = 1024 };

static const char STD_ERROR[] = "_std_error", LOW[] = "_low", HIGH[] = "_high";

/* Whether the name is that path itself, or ends in "/<leaf>". */
static bool has_leaf(const char *name, const char *leaf)
{
    const char *const slash = strrchr(name, '/');
    return strcmp(slash ? slash + 1 : name, leaf) == 0;
}

static bool same_shape(const struct vv_column *a, const struct vv_column *b)
{
    if (a->n_dims != b->n_dims) return false;
    for (int d = 0; d < a->n_dims; d++)
        if (strcmp(a->dims[d].name, b->dims[d].name) != 0 || a->dims[d].length != b->dims[d].length) return false;
    return true;
}

/* The column named as the first `length` bytes of `name` and then `ending`, if it is like c. */
static const struct vv_column *find(const struct vv_table *t, const struct vv_column *c, size_t length,
                                    const char *ending)
{
    char name[NAME_BYTES];
    const int n = snprintf(name, sizeof name, "%.*s%s", (int)length, c->name, ending);
    const struct vv_column *const found = n < (int)sizeof name ? vv_table_find(t, name) : NULL;
    return found && found->type != VV_TEXT && same_shape(found, c) ? found : NULL;
}

struct vv_uncertainty vv_uncertainty_of(const struct vv_table *t, const struct vv_column *c)
{
    const size_t n = strlen(c->name);
    struct vv_uncertainty u = {.std_error = NULL};
    if (c->type == VV_TEXT) return u;
    u.std_error = find(t, c, n, STD_ERROR);
    if (!u.std_error && has_leaf(c->name, "value")) u.std_error = find(t, c, n - strlen("value"), STD_ERROR + 1);
    u.low = find(t, c, n, LOW);
    u.high = find(t, c, n, HIGH);
    if (!u.low || !u.high) u.low = u.high = NULL;
    return u;
}

bool vv_uncertainty_is(const struct vv_table *t, const struct vv_column *c)
{
    static const char *const endings[] = {STD_ERROR, LOW, HIGH};
    const size_t n = strlen(c->name);
    if (c->type == VV_TEXT) return false;
    for (size_t e = 0; e < sizeof endings / sizeof *endings; e++) {
        const size_t tail = strlen(endings[e]);
        if (n <= tail || strcmp(c->name + n - tail, endings[e]) != 0) continue;
        const struct vv_column *const of = find(t, c, n - tail, "");
        const struct vv_uncertainty u = of ? vv_uncertainty_of(t, of) : (struct vv_uncertainty){.std_error = NULL};
        if (u.std_error == c || u.low == c || u.high == c) return true;
    }
    return has_leaf(c->name, STD_ERROR + 1) && find(t, c, n - strlen(STD_ERROR + 1), "value");
}
