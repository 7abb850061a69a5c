/* SPDX-License-Identifier: MIT */
#include "data/companion.h"

#include <stdio.h>
#include <string.h>

enum { NAME_BYTES = 1024 };

static const char *const words[VV_N_COMPANIONS] = {"std_error", "low", "high", "chance"};

static const char VALUE[] = "value", WITH[] = "_with/";

/* The column called as the first `length` bytes of `head`, then `middle` and `tail`, if it is like c. */
static const struct vv_column *find(const struct vv_table *t, const struct vv_column *c, const char *head,
                                    size_t length, const char *middle, const char *tail)
{
    char name[NAME_BYTES];
    const int n = snprintf(name, sizeof name, "%.*s%s%s", (int)length, head, middle, tail);
    const struct vv_column *const found = n < (int)sizeof name ? vv_table_find(t, name) : NULL;
    return found && found != c && found->type != VV_TEXT && vv_column_same_shape(found, c) ? found : NULL;
}

const struct vv_column *vv_companion_of(const struct vv_table *t, const struct vv_column *c, enum vv_companion which)
{
    const char *const name = c->name, *const leaf = vv_name_leaf(name), *const with = strstr(name, WITH);
    char ending[16];
    if (c->type == VV_TEXT) return NULL;
    snprintf(ending, sizeof ending, "_%s", words[which]);
    const struct vv_column *found = find(t, c, name, strlen(name), ending, "");
    if (!found && strcmp(leaf, VALUE) == 0) found = find(t, c, name, (size_t)(leaf - name), words[which], "");
    if (!found && with) found = find(t, c, name, (size_t)(with - name), ending, with);
    return found;
}

/* What stands before "_<word>" at the end of the first n bytes of a name; 0: it does not end so. */
static size_t stem(const char *name, size_t n, const char *word)
{
    const size_t m = strlen(word);
    const bool fits = n > m + 1 && name[n - m - 1] == '_' && strncmp(name + n - m, word, m) == 0;
    return fits ? n - m - 1 : 0;
}

/* The owner by the column's name alone. */
static const struct vv_column *named_owner(const struct vv_table *t, const struct vv_column *c, const char *word)
{
    const char *const name = c->name, *const leaf = vv_name_leaf(name), *const with = strstr(name, WITH);
    if (strcmp(leaf, word) == 0) return find(t, c, name, (size_t)(leaf - name), VALUE, "");
    const size_t whole = stem(name, strlen(name), word), part = with ? stem(name, (size_t)(with - name), word) : 0;
    const struct vv_column *found = whole > 0 ? find(t, c, name, whole, "", "") : NULL;
    if (!found && part > 0) found = find(t, c, name, part, "", with);
    return found;
}

const struct vv_column *vv_companion_owner(const struct vv_table *t, const struct vv_column *c,
                                           enum vv_companion *which)
{
    if (c->type == VV_TEXT) return NULL;
    for (int w = 0; w < VV_N_COMPANIONS; w++) {
        const struct vv_column *const owner = named_owner(t, c, words[w]);
        if (!owner || vv_companion_of(t, owner, (enum vv_companion)w) != c) continue;
        if (which) *which = (enum vv_companion)w;
        return owner;
    }
    return NULL;
}

struct vv_uncertainty vv_uncertainty_of(const struct vv_table *t, const struct vv_column *c)
{
    struct vv_uncertainty u = {vv_companion_of(t, c, VV_STD_ERROR), vv_companion_of(t, c, VV_LOW),
                               vv_companion_of(t, c, VV_HIGH)};
    if (!u.low || !u.high) u.low = u.high = NULL;
    return u;
}

bool vv_uncertainty_is(const struct vv_table *t, const struct vv_column *c)
{
    const struct vv_column *const owner = vv_companion_owner(t, c, NULL);
    const struct vv_uncertainty u = owner ? vv_uncertainty_of(t, owner) : (struct vv_uncertainty){.std_error = NULL};
    return u.std_error == c || u.low == c || u.high == c;
}
