/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "config/value.h"

/* Whether a plain scalar would be read as this very text. */
static bool plain_is_safe(const char *text)
{
    static const char *const words[] = {"true", "false", "null", "~", "yes", "no", "on",
                                        "off",  "y",     "n",    "<<"};
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_/.";
    double number;
    int64_t integer;
    double seconds;
    if (!text[0] || !strchr(letters, text[0])) return false;
    if (text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/.+-")])
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(text, words[i]) == 0) return false;
    return !vv_text_to_float(text, &number) && !vv_text_to_size(text, &integer) &&
           !vv_text_to_time(text, &seconds);
}

void vv_value_write_text(const char *text, struct vv_strbuf *out)
{
    if (plain_is_safe(text)) {
        vv_strbuf_puts(out, text);
        return;
    }
    vv_strbuf_puts(out, "\"");
    for (const char *p = text; *p; p++) {
        if (*p == '"' || *p == '\\') vv_strbuf_addf(out, "\\%c", *p);
        else if (*p == '\n') vv_strbuf_puts(out, "\\n");
        else if (*p == '\t') vv_strbuf_puts(out, "\\t");
        else if ((unsigned char)*p < 0x20) vv_strbuf_addf(out, "\\x%02x", (unsigned)*p);
        else vv_strbuf_add(out, p, 1);
    }
    vv_strbuf_puts(out, "\"");
}

static void write_float(double v, struct vv_strbuf *out)
{
    char text[32];
    vv_text_from_float(v, text, sizeof text);
    vv_strbuf_puts(out, text);
}

/* Absolute, so that the written configuration works from anywhere. */
static void write_path(const char *path, struct vv_strbuf *out)
{
    char folder[4096];
    struct vv_strbuf whole;
    vv_strbuf_init(&whole);
    if (path[0] != '/' && getcwd(folder, sizeof folder)) vv_strbuf_addf(&whole, "%s/", folder);
    vv_strbuf_puts(&whole, path);
    vv_value_write_text(whole.text, out);
    vv_strbuf_release(&whole);
}

static void write_list(const struct vv_param *p, const void *at, struct vv_strbuf *out)
{
    vv_strbuf_puts(out, "[");
    if (p->type == VV_PARAM_INTS) {
        const struct vv_ints *list = at;
        for (int i = 0; i < list->n; i++)
            vv_strbuf_addf(out, "%s%lld", i ? ", " : "", (long long)list->v[i]);
    } else if (p->type == VV_PARAM_FLOATS) {
        const struct vv_floats *list = at;
        for (int i = 0; i < list->n; i++) {
            vv_strbuf_puts(out, i ? ", " : "");
            write_float(list->v[i], out);
        }
    } else if (p->type == VV_PARAM_TEXTS) {
        const struct vv_texts *list = at;
        for (int i = 0; i < list->n; i++) {
            vv_strbuf_puts(out, i ? ", " : "");
            vv_value_write_text(list->v[i], out);
        }
    } else {
        unsigned set;
        memcpy(&set, at, sizeof set);
        for (int i = 0, n = 0; p->choices[i]; i++)
            if (set >> i & 1u) vv_strbuf_addf(out, "%s%s", n++ ? ", " : "", p->choices[i]);
    }
    vv_strbuf_puts(out, "]");
}

void vv_value_write(const struct vv_param *p, const void *values, struct vv_strbuf *out)
{
    const void *const at = (const char *)values + p->offset;
    const char *text = NULL;
    switch (p->type) {
    case VV_PARAM_INT: vv_strbuf_addf(out, "%lld", (long long)*(const int64_t *)at); break;
    case VV_PARAM_SIZE:
        if (*(const int64_t *)at == 0 && !p->standard) vv_strbuf_puts(out, "null");
        else vv_strbuf_addf(out, "%lld", (long long)*(const int64_t *)at);
        break;
    case VV_PARAM_FLOAT:
    case VV_PARAM_TIME: write_float(*(const double *)at, out); break;
    case VV_PARAM_BOOL: vv_strbuf_puts(out, *(const bool *)at ? "true" : "false"); break;
    case VV_PARAM_CHOICE: vv_strbuf_puts(out, p->choices[*(const int *)at]); break;
    case VV_PARAM_TEXT:
    case VV_PARAM_PATH:
        text = *(char *const *)at;
        if (!text) vv_strbuf_puts(out, "null");
        else if (p->type == VV_PARAM_PATH) write_path(text, out);
        else vv_value_write_text(text, out);
        break;
    case VV_PARAM_INTS:
    case VV_PARAM_FLOATS:
    case VV_PARAM_TEXTS:
    case VV_PARAM_CHOICES: write_list(p, at, out); break;
    case VV_PARAM_TREE: vv_strbuf_puts(out, "null"); break;
    case VV_PARAM_SECTION:
    case VV_PARAM_MAP: break;
    }
}

void vv_value_release(const struct vv_param *p, void *values)
{
    void *const at = (char *)values + p->offset;
    switch (p->type) {
    case VV_PARAM_TEXT:
    case VV_PARAM_PATH:
        vv_mem_free(*(char **)at);
        *(char **)at = NULL;
        break;
    case VV_PARAM_INTS:
        vv_mem_free(((struct vv_ints *)at)->v);
        *(struct vv_ints *)at = (struct vv_ints){.n = 0};
        break;
    case VV_PARAM_FLOATS:
        vv_mem_free(((struct vv_floats *)at)->v);
        *(struct vv_floats *)at = (struct vv_floats){.n = 0};
        break;
    case VV_PARAM_TEXTS: {
        struct vv_texts *list = at;
        for (int i = 0; i < list->n; i++) vv_mem_free(list->v[i]);
        vv_mem_free(list->v);
        *list = (struct vv_texts){.n = 0};
        break;
    }
    default: break;
    }
}
