/* SPDX-License-Identifier: MIT */
#include "io/csv.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "base/text.h"

void vv_texts_read_release(struct vv_texts_read *t)
{
    for (int64_t i = 0; i < t->n; i++) vv_mem_free(t->text[i]);
    vv_mem_free(t->text);
    *t = (struct vv_texts_read){.n = 0};
}

/* Grows by doubling; `capacity` belongs to the caller. */
static enum vv_status add_text(struct vv_texts_read *t, int64_t *capacity, const char *text)
{
    if (t->n == *capacity) {
        const int64_t more = *capacity ? 2 * *capacity : 256;
        char **grown = vv_mem_resize(t->text, more, sizeof *grown, "texts");
        if (!grown) return VV_MEMORY;
        t->text = grown;
        *capacity = more;
    }
    if (!(t->text[t->n] = vv_mem_string(text))) return VV_MEMORY;
    t->n++;
    return VV_OK;
}

/* The state of reading one CSV file, character by character. */
struct csv {
    const char *path;
    FILE *file;
    struct vv_strbuf field;
    int64_t line;
};

enum field_end { NEXT_FIELD, NEXT_RECORD, END_OF_FILE, BROKEN };

/* The field that began at that line never ends: it is the line to name. */
static enum field_end broken_from(struct csv *csv, int64_t line)
{
    csv->line = line;
    return BROKEN;
}

/* Reads one field into csv->field. */
static enum field_end read_field(struct csv *csv)
{
    const int64_t begin = csv->line;
    bool quoted = false;
    vv_strbuf_reset(&csv->field);
    int c = getc(csv->file);
    if (c == EOF) return END_OF_FILE;
    if (c == '"') {
        quoted = true;
        c = getc(csv->file);
    }
    for (;; c = getc(csv->file)) {
        if (quoted && c == '"') {
            c = getc(csv->file);
            if (c != '"') {
                quoted = false;
                if (c != ',' && c != '\n' && c != '\r' && c != EOF) return broken_from(csv, begin);
            }
        }
        if (!quoted && c == '\r') {
            c = getc(csv->file);
            if (c != '\n') ungetc(c, csv->file);
            c = '\n';
        }
        if (c == '\n') csv->line++;
        if (c == EOF) return quoted ? broken_from(csv, begin) : NEXT_RECORD;
        if (!quoted && c == ',') return NEXT_FIELD;
        if (!quoted && c == '\n') return NEXT_RECORD;
        vv_strbuf_add(&csv->field, &(char){(char)c}, 1);
    }
}

/* Reads a record, keeping field `want` (-1: none) in *kept. Returns the number of fields, 0 at the
 * end, -1 when broken. An empty line is no record. */
static int read_record(struct csv *csv, int want, struct vv_strbuf *kept)
{
    for (int n = 0;;) {
        const enum field_end end = read_field(csv);
        if (end == END_OF_FILE && n == 0) return 0; /* later: an empty field after the last comma */
        if (end == BROKEN) return -1;
        if (n == 0 && end == NEXT_RECORD && csv->field.length == 0) {
            if (want < 0) return 1;
            continue;
        }
        if (n == want) {
            vv_strbuf_reset(kept);
            vv_strbuf_add(kept, csv->field.text, csv->field.length);
        }
        n++;
        if (end == NEXT_RECORD || end == END_OF_FILE) return n;
    }
}

static enum vv_status broken(const struct csv *csv)
{
    return vv_fail(VV_INPUT, "'%s', line %lld: a quote that does not end its field", csv->path,
                   (long long)csv->line);
}

/* Finds a heading in the first record, which is thereby consumed. */
static enum vv_status find_heading(struct csv *csv, const char *heading, int *position)
{
    *position = -1;
    struct vv_strbuf headings;
    vv_strbuf_init(&headings);
    enum vv_status st = VV_OK;
    for (int n = 0;; n++) {
        const enum field_end end = read_field(csv);
        if (end == BROKEN) {
            st = broken(csv);
            break;
        }
        if (end == END_OF_FILE) break;
        if (strcmp(csv->field.text, heading) == 0) *position = n;
        if (n < 12) vv_strbuf_addf(&headings, "%s%s", n ? ", " : "", csv->field.text);
        if (end == NEXT_RECORD) break;
    }
    if (!st && *position < 0) {
        st = vv_fail(VV_INPUT, "'%s' has no column '%s'", csv->path, heading);
        vv_error_hint("its first line reads: %s", headings.text);
    }
    vv_strbuf_release(&headings);
    return st;
}

static enum vv_status choose_column(struct csv *csv, const char *column, int *position)
{
    int64_t number;
    if (column && vv_text_to_int(column, &number) && number >= 0 && number < 1 << 20) {
        *position = (int)number;
        return VV_OK;
    }
    if (column) return find_heading(csv, column, position);
    const int n = read_record(csv, -1, NULL);
    if (n < 0) return broken(csv);
    if (n > 1) {
        vv_fail(VV_INPUT, "'%s' has %d columns", csv->path, n);
        return vv_error_hint("say which holds the labels: column: 0 (the first) to %d, or a heading",
                             n - 1);
    }
    rewind(csv->file);
    csv->line = 1;
    *position = 0;
    return VV_OK;
}

static enum vv_status read_rows(struct csv *csv, int position, struct vv_texts_read *out)
{
    struct vv_strbuf kept;
    int64_t capacity = 0;
    enum vv_status st = VV_OK;
    vv_strbuf_init(&kept);
    while (!st) {
        const int64_t line = csv->line;
        const int n = read_record(csv, position, &kept);
        if (n == 0) break;
        if (n < 0) st = broken(csv);
        else if (n <= position)
            st = vv_fail(VV_INPUT, "'%s', line %lld: %d columns, but column %d is wanted", csv->path,
                         (long long)line, n, position);
        else st = kept.failed ? VV_MEMORY : add_text(out, &capacity, kept.text);
    }
    vv_strbuf_release(&kept);
    return st;
}

/* Opens a text, past the byte-order mark that some programs put first. */
static FILE *open_text(const char *path)
{
    FILE *const file = fopen(path, "r");
    if (!file) return NULL;
    unsigned char mark[3];
    if (fread(mark, 1, 3, file) != 3 || memcmp(mark, "\xef\xbb\xbf", 3) != 0) rewind(file);
    return file;
}

enum vv_status vv_csv_read_column(const char *path, const char *column, struct vv_texts_read *out)
{
    struct csv csv = {.path = path, .file = open_text(path), .line = 1};
    int position = 0;
    *out = (struct vv_texts_read){.n = 0};
    if (!csv.file) return vv_fail(VV_INPUT, "cannot open '%s': %s", path, strerror(errno));
    vv_strbuf_init(&csv.field);
    enum vv_status st = choose_column(&csv, column, &position);
    if (!st) st = read_rows(&csv, position, out);
    vv_strbuf_release(&csv.field);
    fclose(csv.file);
    if (st) vv_texts_read_release(out);
    return st;
}

enum vv_status vv_text_read_lines(const char *path, struct vv_texts_read *out)
{
    struct vv_strbuf line;
    int64_t capacity = 0;
    enum vv_status st = VV_OK;
    *out = (struct vv_texts_read){.n = 0};
    FILE *const file = open_text(path);
    if (!file) return vv_fail(VV_INPUT, "cannot open '%s': %s", path, strerror(errno));
    vv_strbuf_init(&line);
    for (int c = getc(file); !st && (c != EOF || line.length > 0); c = getc(file)) {
        if (c != EOF && c != '\n') {
            if (c != '\r') vv_strbuf_add(&line, &(char){(char)c}, 1);
            continue;
        }
        st = line.failed ? VV_MEMORY : add_text(out, &capacity, line.text);
        vv_strbuf_reset(&line);
        if (c == EOF) break;
    }
    vv_strbuf_release(&line);
    fclose(file);
    if (st) vv_texts_read_release(out);
    return st;
}
