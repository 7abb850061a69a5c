/* SPDX-License-Identifier: MIT */
#include "neighbors/checkpoint.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "dist/agree.h"
#include "io/publish.h"

static const char MAGIC[8] = "vvstate2";

/* What a file begins with; then follow a byte for each of its cells, and for each row its candidates. */
struct header {
    char magic[8];
    struct vv_digest head; /* of the header after this member, and the cells */
    struct vv_digest body; /* of the rest */
    struct vv_digest key;
    int64_t n_rows, n_others, row_cell, other_cell, first, n, capacity;
    double error; /* of the values, see bound.h */
};

/* What a row begins with; then follow n candidates. */
struct row_header {
    int32_t n;
    float limit; /* what it accepts */
    float guess; /* what it accepted at first: the least where several searches began */
};

static const size_t HEAD_BEGIN = offsetof(struct header, body);

/* "<path>.<rank>-of-<ranks>" */
static enum vv_status file_name(const char *path, int rank, int ranks, struct vv_strbuf *name)
{
    vv_strbuf_reset(name);
    vv_strbuf_addf(name, "%s.%d-of-%d", path, rank, ranks);
    return name->failed ? VV_MEMORY : VV_OK;
}

/* The digest of header and cells. */
static struct vv_digest head_digest(const struct header *h, const uint8_t *cells, size_t n)
{
    return vv_hash_join(vv_hash_bytes((const char *)h + HEAD_BEGIN, sizeof *h - HEAD_BEGIN), vv_hash_bytes(cells, n));
}

static void add_digest(struct vv_digest *d, const void *bytes, size_t n)
{
    *d = vv_hash_join(*d, vv_hash_bytes(bytes, n));
}

/* Local. The files of a search, of one number of ranks or of all (0), given to a function. */
typedef void (*file_fn)(void *owner, const char *path, int ranks);
static void each_file(const char *path, file_fn what, void *owner)
{
    const char *const slash = strrchr(path, '/'), *const name = slash ? slash + 1 : path;
    const size_t n = strlen(name);
    struct vv_strbuf text;
    vv_strbuf_init(&text);
    vv_strbuf_add(&text, path, (size_t)(name - path));
    vv_strbuf_puts(&text, ".");
    DIR *const folder = text.failed ? NULL : opendir(text.text);
    for (const struct dirent *e; folder && (e = readdir(folder));) {
        int rank, ranks, length = 0;
        if (strncmp(e->d_name, name, n) != 0) continue;
        if (sscanf(e->d_name + n, ".%d-of-%d%n", &rank, &ranks, &length) != 2) continue;
        if (e->d_name[n + (size_t)length] != '\0' || rank < 0 || rank >= ranks) continue;
        vv_strbuf_reset(&text);
        vv_strbuf_add(&text, path, (size_t)(name - path));
        vv_strbuf_puts(&text, e->d_name);
        if (!text.failed) what(owner, text.text, ranks);
    }
    if (folder) closedir(folder);
    vv_strbuf_release(&text);
}

static void remove_file(void *owner, const char *path, int ranks)
{
    if (ranks != *(const int *)owner) unlink(path);
}

void vv_checkpoint_remove(const char *path, int but)
{
    each_file(path, remove_file, &but);
}

/* --- saving --- */

/* The candidates of row i whose cells have met entirely. to: [capacity] */
static int choose(const struct vv_met *met, const struct vv_shortlist *list, int64_t i, struct vv_candidate *to)
{
    int n = 0;
    for (int c = 0; c < list->count[i]; c++) {
        const struct vv_candidate candidate = list->items[i * list->capacity + c];
        if (vv_met_now(met, met->first + i, candidate.index)) to[n++] = candidate;
    }
    return n;
}

struct output {
    FILE *file;
    bool ok;
    struct vv_digest body;
};

static void put(struct output *o, const void *bytes, size_t n)
{
    add_digest(&o->body, bytes, n);
    o->ok = o->ok && fwrite(bytes, 1, n, o->file) == n;
}

/* cells: [own cells][others]; row: [capacity] */
static bool write_state(FILE *file, const struct vv_checkpoint *how, const struct vv_met *met,
                        const struct vv_shortlist *list, const float *guess, uint8_t *cells, struct vv_candidate *row)
{
    struct header h = {.key = how->key,
                       .n_rows = met->n_rows,
                       .n_others = met->n_others,
                       .row_cell = met->row_cell,
                       .other_cell = met->other_cell,
                       .first = met->first,
                       .n = met->n,
                       .capacity = list->capacity,
                       .error = list->bound->error};
    memcpy(h.magic, MAGIC, sizeof MAGIC);
    const int begin = vv_met_first_cell(met), own = vv_met_own_cells(met);
    const size_t n_cells = (size_t)own * (size_t)met->others;
    for (int i = 0; i < own; i++)
        for (int j = 0; j < met->others; j++) {
            const int64_t first = (begin + i) * met->row_cell;
            cells[i * met->others + j] = vv_met_now(met, first, j * met->other_cell);
        }
    struct output o = {.file = file, .ok = fwrite(&h, sizeof h, 1, file) == 1};
    o.ok = o.ok && fwrite(cells, 1, n_cells, file) == n_cells;
    for (int64_t i = 0; o.ok && i < list->n; i++) {
        const int32_t n = choose(met, list, i, row);
        const struct row_header head = {n, list->limit[i], guess[i]};
        put(&o, &head, sizeof head);
        put(&o, row, (size_t)n * sizeof *row);
        if (i % VV_SLICE == VV_SLICE - 1) vv_shortlist_cool(list, i + 1 - VV_SLICE, VV_SLICE);
    }
    h.body = o.body;
    h.head = head_digest(&h, cells, n_cells);
    rewind(file);
    return o.ok && !vv_fault("disk-full") && fwrite(&h, sizeof h, 1, file) == 1;
}

static enum vv_status save(const struct vv_checkpoint *how, const struct vv_layout *rows, const struct vv_met *met,
                           const struct vv_shortlist *list, const float *guess, struct vv_strbuf *path,
                           struct vv_strbuf *temporary)
{
    VV_TRY(file_name(how->path, rows->rank, rows->size, path));
    VV_TRY(vv_publish_temporary(path->text, temporary));
    char *const slash = strrchr(path->text, '/');
    *slash = '\0';
    const enum vv_status made = vv_publish_make_directory(path->text);
    *slash = '/';
    if (made) return made;
    uint8_t *const cells = vv_mem_new((int64_t)vv_met_own_cells(met) * met->others, 1, "a checkpoint");
    struct vv_candidate *const row = vv_mem_new(list->capacity, sizeof *row, "a checkpoint");
    FILE *const file = cells && row ? fopen(temporary->text, "w") : NULL;
    bool ok = file && write_state(file, how, met, list, guess, cells, row);
    if (file && fclose(file) != 0) ok = false;
    const int why = errno;
    vv_mem_free(cells);
    vv_mem_free(row);
    const enum vv_status st = ok ? VV_OK : vv_fail(VV_OUTPUT, "cannot write '%s': %s", path->text, strerror(why));
    return vv_publish_rename(temporary->text, path->text, st);
}

void vv_checkpoint_save(const struct vv_checkpoint *how, const struct vv_layout *rows,
                        const struct vv_met *met, const struct vv_shortlist *list, const float *guess)
{
    struct vv_strbuf path, temporary;
    vv_strbuf_init(&path);
    vv_strbuf_init(&temporary);
    if (save(how, rows, met, list, guess, &path, &temporary) != VV_OK) {
        if (how->log)
            vv_log_warning(how->log, "%s: its state is not saved: %s", how->step, vv_error_last()->message);
        vv_error_clear();
    }
    vv_strbuf_release(&path);
    vv_strbuf_release(&temporary);
}

/* --- going on --- */

/* Opens a file of this search; NULL if it is none, or damaged. cells: those of its rows, to be freed. */
static FILE *open_state(const char *path, const struct vv_checkpoint *how, const struct vv_met *met, int capacity,
                        struct header *h, uint8_t **cells)
{
    FILE *const file = fopen(path, "r");
    *cells = NULL;
    bool ok = file && fread(h, sizeof *h, 1, file) == 1 && memcmp(h->magic, MAGIC, sizeof MAGIC) == 0 &&
              vv_digest_equal(h->key, how->key) && h->n_rows == met->n_rows && h->n_others == met->n_others &&
              h->row_cell == met->row_cell && h->other_cell == met->other_cell && h->capacity == capacity &&
              h->error >= 0.0 && h->error <= 1.0 && h->n > 0 && h->first >= 0 &&
              h->n <= h->n_rows && h->first <= h->n_rows - h->n;
    if (ok) {
        const struct vv_met part = {.row_cell = h->row_cell, .first = h->first, .n = h->n};
        const size_t n = (size_t)vv_met_own_cells(&part) * (size_t)met->others;
        *cells = vv_mem_new((int64_t)n, 1, "a checkpoint");
        ok = *cells && fread(*cells, 1, n, file) == n && vv_digest_equal(h->head, head_digest(h, *cells, n));
    }
    if (ok) return file;
    vv_mem_free(*cells);
    *cells = NULL;
    if (file) fclose(file);
    return NULL;
}

struct group {
    const struct vv_checkpoint *how;
    const struct vv_met *met;
    int capacity, ranks; /* files of this number of ranks are looked at */
    int most;            /* the largest number of ranks found, below `below` */
    int below;
    int64_t *rows;       /* [cells] rows of the cell that files speak for */
    uint8_t *met_all;    /* [cells][others] 1: all of them say that it has met */
    double error;        /* of their values */
};

static void find_ranks(void *owner, const char *path, int ranks)
{
    struct group *const g = owner;
    (void)path;
    if (ranks < g->below && ranks > g->most) g->most = ranks;
}

/* Takes in what a file says has met. */
static void add_cells(void *owner, const char *path, int ranks)
{
    struct group *const g = owner;
    struct header h;
    uint8_t *cells;
    if (ranks != g->ranks) return;
    FILE *const file = open_state(path, g->how, g->met, g->capacity, &h, &cells);
    if (!file) return;
    const int others = g->met->others;
    for (int64_t i = h.first / h.row_cell; i <= (h.first + h.n - 1) / h.row_cell; i++) {
        const int64_t begin = i * h.row_cell > h.first ? i * h.row_cell : h.first;
        const int64_t end = (i + 1) * h.row_cell < h.first + h.n ? (i + 1) * h.row_cell : h.first + h.n;
        const uint8_t *const row = cells + (i - h.first / h.row_cell) * others;
        for (int j = 0; j < others; j++) g->met_all[i * others + j] &= row[j];
        g->rows[i] += end - begin;
    }
    if (h.error > g->error) g->error = h.error;
    vv_mem_free(cells);
    fclose(file);
}

struct known {
    int ranks;
    double error;
};

/* Local. The files that know most: their number of ranks (0: none), and met->before as they have it. */
static enum vv_status choose_group(const struct vv_checkpoint *how, struct vv_met *met, int capacity,
                                   struct known *known)
{
    const size_t n_cells = (size_t)met->rows * (size_t)met->others;
    struct group g = {.how = how, .met = met, .capacity = capacity, .below = INT32_MAX};
    double best = 0.0;
    g.rows = vv_mem_new(met->rows, sizeof *g.rows, "a checkpoint");
    g.met_all = vv_mem_new((int64_t)n_cells, 1, "a checkpoint");
    uint8_t *const chosen = vv_mem_new((int64_t)n_cells, 1, "a checkpoint");
    enum vv_status st = g.rows && g.met_all && chosen ? VV_OK : VV_MEMORY;
    while (!st) {
        g.most = 0;
        each_file(how->path, find_ranks, &g);
        if (g.most == 0) break;
        g.below = g.ranks = g.most;
        g.error = 0.0;
        memset(g.met_all, 1, n_cells);
        memset(g.rows, 0, (size_t)met->rows * sizeof *g.rows);
        each_file(how->path, add_cells, &g);
        for (int64_t i = 0; i < met->rows; i++) { /* a file that is missing leaves its cells unmet */
            const int64_t left = met->n_rows - i * met->row_cell, all = left < met->row_cell ? left : met->row_cell;
            if (g.rows[i] != all) memset(g.met_all + i * met->others, 0, (size_t)met->others);
        }
        memcpy(met->before, g.met_all, n_cells);
        const double share = vv_met_share_before(met);
        if (share <= best) continue;
        best = share;
        *known = (struct known){g.ranks, g.error};
        memcpy(chosen, g.met_all, n_cells);
    }
    if (!st) memcpy(met->before, chosen, n_cells);
    vv_mem_free(chosen);
    vv_mem_free(g.met_all);
    vv_mem_free(g.rows);
    return st;
}

/* Takes the rows of a file that are this rank's; false if it is damaged. row: [capacity] */
static bool take_rows(FILE *file, const struct header *h, const struct vv_met *met, struct vv_shortlist *list,
                      float *guess, struct vv_candidate *row)
{
    struct vv_digest body = {0, 0};
    for (int64_t r = h->first; r < h->first + h->n; r++) {
        struct row_header head;
        if (fread(&head, sizeof head, 1, file) != 1) return false;
        if (head.n < 0 || head.n >= list->capacity) return false;
        const size_t n = (size_t)head.n;
        if (fread(row, sizeof *row, n, file) != n) return false;
        add_digest(&body, &head, sizeof head);
        add_digest(&body, row, n * sizeof *row);
        const int64_t i = r - met->first;
        if (i < 0 || i >= met->n) continue;
        int kept = 0;
        for (size_t c = 0; c < n; c++) {
            if (row[c].index < 0 || row[c].index >= met->n_others) return false;
            if (vv_met_pair_before(met, r, row[c].index)) row[kept++] = row[c];
        }
        vv_shortlist_restore(list, i, row, kept, head.limit);
        if (head.guess < guess[i]) guess[i] = head.guess;
    }
    return vv_digest_equal(body, h->body);
}

/* Whether a file of rows [first, first + n) says that all has met that counts as met for those of this rank. cells: its
 * own; NULL: it could not be read here, though rank 0 may have. */
static bool speaks_for(const struct vv_met *met, int64_t first, int64_t n, const uint8_t *cells)
{
    const int64_t begin = first > met->first ? first : met->first;
    const int64_t end = first + n < met->first + met->n ? first + n : met->first + met->n;
    if (begin >= end) return true;
    for (int64_t i = begin / met->row_cell; i <= (end - 1) / met->row_cell; i++)
        for (int j = 0; j < met->others; j++) {
            const bool here = cells && cells[(i - first / met->row_cell) * met->others + j];
            if (met->before[i * met->others + j] && !here) return false;
        }
    return true;
}

/* Local. Takes this rank's rows from the files that are known; false if they are not what rank 0 has seen. */
static bool take_all(const struct vv_checkpoint *how, struct known known, const struct vv_met *met,
                     struct vv_shortlist *list, float *guess)
{
    const struct vv_layout old = {.n = met->n_rows, .size = known.ranks};
    struct vv_candidate *const row = vv_mem_new(list->capacity, sizeof *row, "a checkpoint");
    struct vv_strbuf path;
    vv_strbuf_init(&path);
    bool ok = row != NULL;
    for (int r = 0; ok && r < known.ranks; r++) {
        if (vv_layout_offset(&old, r + 1) <= met->first || vv_layout_offset(&old, r) >= met->first + met->n) continue;
        struct header h;
        uint8_t *cells = NULL;
        ok = file_name(how->path, r, known.ranks, &path) == VV_OK;
        FILE *const file = ok ? open_state(path.text, how, met, list->capacity, &h, &cells) : NULL;
        const int64_t first = vv_layout_offset(&old, r), n = vv_layout_count(&old, r);
        ok = ok && (!file || (h.first == first && h.n == n && h.error <= known.error)) &&
             speaks_for(met, first, n, cells);
        if (file && ok) ok = take_rows(file, &h, met, list, guess, row);
        vv_mem_free(cells);
        if (file) fclose(file);
    }
    vv_strbuf_release(&path);
    vv_mem_free(row);
    return ok;
}

/* Collective. What all ranks have of the files; forgets it where one of them could not read its part. */
static enum vv_status take(struct vv_comm *c, const struct vv_checkpoint *how, struct known known, struct vv_met *met,
                           struct vv_shortlist *list, struct vv_bound *bound, float *guess)
{
    const struct vv_bound own_bound = *bound;
    float *const own_guess = vv_mem_new(met->n, sizeof *own_guess, "a checkpoint");
    const enum vv_status st = vv_agree(c, own_guess ? VV_OK : VV_MEMORY);
    if (st) {
        vv_mem_free(own_guess);
        return st;
    }
    if (met->n > 0) memcpy(own_guess, guess, (size_t)met->n * sizeof *guess);
    vv_bound_widen(bound, known.error);
    int64_t ok = take_all(how, known, met, list, guess);
    vv_comm_min_i64(c, &ok, 1);
    if (!ok) {
        if (how->log) vv_log_warning(how->log, "%s: its saved state is damaged; it begins anew", how->step);
        memset(met->before, 0, (size_t)met->rows * (size_t)met->others);
        *bound = own_bound;
        if (met->n > 0) memcpy(guess, own_guess, (size_t)met->n * sizeof *guess);
        vv_shortlist_begin(list, met->n, guess);
        if (vv_comm_rank(c) == 0) vv_checkpoint_remove(how->path, 0);
    } else if (how->log) {
        vv_log_info(how->log, "%s: goes on where it was left, after %.0f %% of the pairs", how->step,
                    100.0 * vv_met_share_before(met));
    }
    vv_mem_free(own_guess);
    return VV_OK;
}

enum vv_status vv_checkpoint_load(struct vv_comm *c, const struct vv_checkpoint *how, const struct vv_layout *rows,
                                  struct vv_met *met, struct vv_shortlist *list, struct vv_bound *bound,
                                  float *guess)
{
    const bool first = vv_comm_rank(c) == 0;
    struct known known = {.ranks = 0};
    enum vv_status st = VV_OK;
    if (first && how->fresh) vv_checkpoint_remove(how->path, 0);
    if (first) st = choose_group(how, met, list->capacity, &known);
    VV_TRY(vv_agree(c, st));
    vv_comm_bcast(c, &known, sizeof known, 0);
    if (known.ranks > 0) {
        vv_comm_bcast(c, met->before, (size_t)met->rows * (size_t)met->others, 0);
        VV_TRY(take(c, how, known, met, list, bound, guess));
        if (known.ranks != rows->size) vv_checkpoint_save(how, rows, met, list, guess);
    }
    VV_TRY(vv_agree(c, VV_OK));
    if (first) vv_checkpoint_remove(how->path, known.ranks > 0 ? rows->size : 0); /* older, or of something else */
    return VV_OK;
}
