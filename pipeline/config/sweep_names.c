/* SPDX-License-Identifier: MIT */
/* Names of points: readable, fit for a folder, one for each point, and the same tomorrow. A name is
 * "key=token,key=token" with the keys whose values vary; tokens have neither "=" nor ",", and those of different
 * values of a key are different, so names of different points are. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "config/sweep_read.h"

/* Whether `path` ends in the words `end`. */
static bool ends_in(const char *path, const char *end)
{
    const size_t n = strlen(path), m = strlen(end);
    return n >= m && strcmp(path + n - m, end) == 0 && (n == m || path[n - m - 1] == '.');
}

/* The shortest end of the path that no other key has. */
static const char *shortest_name(const struct vv_sweep *s, int key)
{
    const char *const path = s->keys[key].path;
    const char *name = path + strlen(path);
    for (;;) {
        bool taken = false;
        while (name > path && name[-1] != '.') name--;
        for (int k = 0; k < s->n_keys; k++) taken = taken || (k != key && ends_in(s->keys[k].path, name));
        if (!taken || name == path) return name;
        name--;
    }
}

static const char *file_of(const char *path)
{
    const char *const slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

/* The text of a value before unsuitable letters are replaced: lists as "10+30". */
static void raw_token(const struct vv_sweep_key *key, const struct vv_sweep_value *v, struct vv_strbuf *out)
{
    const bool written = key->param->type == VV_PARAM_TEXT || key->param->type == VV_PARAM_PATH ||
                         key->param->type == VV_PARAM_SIZE || key->param->type == VV_PARAM_TIME;
    vv_strbuf_reset(out);
    if (v->label) vv_strbuf_puts(out, v->label);
    else if (written && v->node->text)
        vv_strbuf_puts(out, key->param->type == VV_PARAM_PATH ? file_of(v->node->text) : v->node->text);
    else
        for (const char *p = v->canonical; *p; p++) {
            if (strchr("[]\" ", *p)) continue;
            vv_strbuf_add(out, *p == ',' ? "+" : p, 1);
        }
    if (out->length == 0) vv_strbuf_puts(out, "empty");
}

static void make_suitable(char *text)
{
    static const char suitable[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-";
    for (char *p = text; *p; p++)
        if (!strchr(suitable, *p)) *p = '_';
}

static int by_token(const void *a, const void *b)
{
    const struct vv_sweep_value *const x = *(const struct vv_sweep_value *const *)a,
                               *const y = *(const struct vv_sweep_value *const *)b;
    const int order = strcmp(x->token, y->token);
    return order ? order : strcmp(x->canonical, y->canonical);
}

/* What was written, not what it means here: names must not depend on the folder varve is started in. */
static void add_digest(const struct vv_sweep_value *v, struct vv_strbuf *out)
{
    const char *const text = v->node->text ? v->node->text : v->canonical;
    char digits[33];
    vv_digest_text(vv_hash_bytes(text, strlen(text)), digits);
    vv_strbuf_addf(out, "%s-%.8s", v->token, digits);
}

/* Different values with one token get different ones: all of them, so that no order shows. */
static enum vv_status tell_apart(struct vv_sweep_key *key)
{
    const int n = key->n_values;
    struct vv_sweep_value **sorted = vv_mem_new(n, sizeof(struct vv_sweep_value *), "names of points");
    struct vv_strbuf text;
    enum vv_status st = sorted ? VV_OK : VV_MEMORY;
    vv_strbuf_init(&text);
    for (int i = 0; !st && i < n; i++) sorted[i] = &key->values[i];
    if (!st) qsort(sorted, (size_t)n, sizeof *sorted, by_token);
    for (int first = 0, end; !st && first < n; first = end) {
        for (end = first + 1; end < n && strcmp(sorted[end]->token, sorted[first]->token) == 0;) end++;
        const bool alike = strcmp(sorted[first]->canonical, sorted[end - 1]->canonical) == 0;
        for (int i = first; !st && !alike && i < end; i++) {
            vv_strbuf_reset(&text);
            add_digest(sorted[i], &text);
            vv_mem_free(sorted[i]->token);
            if (!(sorted[i]->token = vv_mem_string(text.text))) st = VV_MEMORY;
        }
    }
    vv_strbuf_release(&text);
    vv_mem_free(sorted);
    return st;
}

static enum vv_status make_tokens(struct vv_sweep_key *key)
{
    struct vv_strbuf text;
    enum vv_status st = VV_OK;
    vv_strbuf_init(&text);
    for (int i = 0; !st && i < key->n_values; i++) {
        raw_token(key, &key->values[i], &text);
        make_suitable(text.text);
        if (text.failed || !(key->values[i].token = vv_mem_string(text.text))) st = VV_MEMORY;
    }
    vv_strbuf_release(&text);
    return st ? st : tell_apart(key);
}

static bool varies(const struct vv_sweep_key *key)
{
    for (int i = 1; i < key->n_values; i++)
        if (strcmp(key->values[i].canonical, key->values[0].canonical) != 0) return true;
    return false;
}

static bool labelled(const struct vv_sweep_key *key)
{
    for (int i = 0; i < key->n_values; i++)
        if (!key->values[i].label) return false;
    return true;
}

/* Whether all tokens of a key are different. */
static bool distinct(const struct vv_sweep_key *key)
{
    const int n = key->n_values;
    const struct vv_sweep_value **sorted = vv_mem_new(n, sizeof(struct vv_sweep_value *), "names of points");
    bool different = sorted != NULL;
    for (int i = 0; sorted && i < n; i++) sorted[i] = &key->values[i];
    if (sorted) qsort(sorted, (size_t)n, sizeof *sorted, by_token);
    for (int i = 1; different && i < n; i++) different = strcmp(sorted[i]->token, sorted[i - 1]->token) != 0;
    vv_mem_free(sorted);
    return different;
}

enum vv_status vv_sweep_name_keys(struct vv_sweep *s)
{
    const struct vv_sweep_key *spokesman = NULL; /* of the zipped keys: one with labels that tell all of them apart */
    bool any = false;
    for (int k = 0; k < s->n_keys; k++) {
        struct vv_sweep_key *const key = &s->keys[k];
        key->name = shortest_name(s, k);
        VV_TRY(make_tokens(key));
        if (key->zipped && !spokesman && labelled(key) && distinct(key)) spokesman = key;
    }
    for (int k = 0; k < s->n_keys; k++) {
        struct vv_sweep_key *const key = &s->keys[k];
        key->named = key == spokesman ? key->n_values > 1 : varies(key) && !(key->zipped && spokesman);
        any = any || key->named;
    }
    for (int k = 0; !any && k < s->n_keys; k++) s->keys[k].named = true;
    return VV_OK;
}

void vv_sweep_name(const struct vv_sweep *s, int64_t point, struct vv_strbuf *out)
{
    enum { DIGITS = 16 };
    struct vv_strbuf name;
    vv_strbuf_init(&name);
    for (int k = 0; k < s->n_keys; k++)
        if (s->keys[k].named)
            vv_strbuf_addf(&name, "%s%s=%s", name.length ? "," : "", s->keys[k].name,
                           vv_sweep_at(s, point, k)->token);
    if (name.length <= VV_SWEEP_NAME) {
        vv_strbuf_add(out, name.text, name.length);
    } else {
        char digits[33];
        vv_digest_text(vv_hash_bytes(name.text, name.length), digits);
        vv_strbuf_add(out, name.text, VV_SWEEP_NAME - DIGITS - 1);
        vv_strbuf_addf(out, "~%.*s", DIGITS, digits);
    }
    if (name.failed) out->failed = true;
    vv_strbuf_release(&name);
}
