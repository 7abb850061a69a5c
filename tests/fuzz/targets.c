/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memfd_create */
#include "targets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/mem.h"
#include "config/sweep.h"
#include "config/yaml.h"
#include "dist/comm.h"
#include "io/source.h"
#include "io/table_file.h"

void fuzz_nothing_leaked(size_t before, const char *what)
{
    vv_error_clear();
    if (vv_mem_in_use() == before) return;
    fprintf(stderr, "%s: %zu bytes leaked\n", what, vv_mem_in_use() - before);
    abort();
}

/* The path of a file with these bytes. */
static const char *fill(int *file, char path[64], const void *data, size_t n)
{
    if (*file < 0) *file = memfd_create("fuzz", 0);
    snprintf(path, 64, "/proc/self/fd/%d", *file);
    if (ftruncate(*file, 0) != 0 || pwrite(*file, data, n, 0) != (ssize_t)n) abort();
    return path;
}

static const char *file_of(const uint8_t *data, size_t n)
{
    static int file = -1;
    static char path[64];
    return fill(&file, path, data, n);
}

/* Layers for labels to belong to: six rows as IDX. */
static const char *six_rows(void)
{
    static const uint8_t idx[] = {0, 0, 8, 2, 0, 0, 0, 6, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    static int file = -1;
    static char path[64];
    return fill(&file, path, idx, sizeof idx);
}

static struct vv_comm *c;

static struct vv_comm *comm(void)
{
    int argc = 0;
    char **argv = NULL;
    if (!c && vv_comm_start(&argc, &argv, &c) != VV_OK) abort();
    return c;
}

void fuzz_end(void)
{
    fuzz_formats_end();
    if (c) vv_comm_finish(&c);
}

/* The sweep of a configuration whose other keys are those of `input`, and what a point of it sets. */
static void read_sweep(struct vv_node *root, const char *const *texts, int n_texts, struct vv_diagnostics *d)
{
    struct vv_node *section = vv_tree_take(root, "sweep");
    struct vv_sweep sweep;
    struct vv_strbuf text;
    vv_strbuf_init(&text);
    if (vv_sweep_read(&sweep, section, texts, n_texts, vv_input_params, d) == VV_OK && sweep.n_points > 0) {
        const int64_t last = sweep.turn[sweep.n_points - 1];
        vv_sweep_name(&sweep, last, &text);
        if (text.length == 0 || text.length > VV_SWEEP_NAME || strchr(text.text, '/')) abort();
        vv_sweep_overrides(&sweep, last, &text);
        if (root->kind == VV_NODE_MAP) vv_sweep_apply(&sweep, last, root);
    }
    vv_sweep_release(&sweep);
    vv_strbuf_release(&text);
    if (section) vv_tree_release(&section);
}

void fuzz_config(const uint8_t *data, size_t n)
{
    enum { MOST = 8 };
    const char *sweeps[MOST];
    int n_sweeps = 0;
    struct vv_input_config config = {.duplicates = 0};
    struct vv_diagnostics d = {0};
    struct vv_node *root = NULL;
    const size_t before = vv_mem_in_use();
    const uint8_t *const mark = n > 2 ? memmem(data, n, "#= ", 3) : NULL;
    const size_t n_text = mark ? (size_t)(mark - data) : n;
    enum vv_status st = vv_yaml_parse((const char *)data, n_text, "fuzz.yml", false, &d, &root);
    char *rest = mark ? strndup((const char *)mark, n - n_text) : NULL;
    for (char *line = rest ? strtok(rest, "\n") : NULL; !st && root && line; line = strtok(NULL, "\n")) {
        if (strncmp(line, "#= ", 3) == 0) st = vv_tree_override(&root, line + 3, &d);
        if (strncmp(line, "#! ", 3) == 0 && n_sweeps < MOST) sweeps[n_sweeps++] = line + 3;
    }
    if (!st && root) read_sweep(root, sweeps, n_sweeps, &d);
    free(rest);
    if (!st && root) {
        struct vv_strbuf out;
        vv_strbuf_init(&out);
        d.tree = root;
        vv_schema_parse(vv_input_params, root, "", &config, &d);
        if (d.n == 0) vv_input_check(&config, &d);
        if (d.n == 0) vv_schema_write(vv_input_params, &config, root, 0, &out);
        vv_schema_release(vv_input_params, &config);
        vv_strbuf_release(&out);
    }
    if (root) vv_tree_release(&root);
    vv_diagnostics_release(&d);
    fuzz_nothing_leaked(before, "config");
}

/* All rows, where they are not too many for a test. */
static void read_layers(struct vv_source *s)
{
    for (int l = 0; l < vv_source_n_layers(s); l++) {
        const struct vv_layer_shape *const shape = vv_source_layer(s, l);
        if (shape->n > 1 << 16 || shape->n_cols > 1 << 16 || shape->n * shape->n_cols > 1 << 18) continue;
        double *const rows = vv_mem_new(shape->n * shape->n_cols, sizeof *rows, "rows");
        if (rows) vv_source_read(s, l, 0, shape->n, rows);
        vv_mem_free(rows);
    }
}

void fuzz_input(const uint8_t *data, size_t n)
{
    static char column[] = "b", missing[] = "-1", name[] = "label", digits[] = "0";
    if (n < 1 || memmem(data, n, "\211HDF", 4)) return;
    comm();
    const size_t before = vv_mem_in_use();
    const char *const path = file_of(data + 1, n - 1);
    struct vv_label_config label = {.path = (char *)(uintptr_t)path,
                                    .column = data[0] % 4 == 2 ? column : data[0] % 4 == 3 ? digits : NULL,
                                    .missing = data[0] & 4 ? missing : NULL};
    char *names[] = {name};
    struct vv_input_config config = {.layers = {.path = (char *)(uintptr_t)path, .present = true}};
    struct vv_source *source;
    if (data[0] % 4 != 0) {
        config.labels = (struct vv_map){.n = 1, .name = names, .items = &label};
        config.layers.path = (char *)(uintptr_t)six_rows();
    }
    if (vv_source_open(comm(), &config, &source) == VV_OK) {
        struct vv_labels *sets = NULL;
        int n_sets = 0;
        if (data[0] % 4 == 0) read_layers(source);
        else vv_source_labels(comm(), source, &sets, &n_sets);
        for (int l = 0; l < n_sets; l++) vv_labels_release(&sets[l]);
        vv_mem_free(sets);
    }
    vv_source_close(&source);
    fuzz_nothing_leaked(before, "input");
}

void fuzz_table(const uint8_t *data, size_t n)
{
    enum { FRONT = 28, DIGEST = 16 };
    struct vv_table t = {.n_columns = 0};
    const size_t before = vv_mem_in_use();
    char *const bytes = vv_mem_new((int64_t)n, 1, "bytes");
    if (!bytes) return;
    memcpy(bytes, data, n);
    if (n > FRONT) {
        const struct vv_digest digest = vv_hash_bytes(bytes + FRONT, n - FRONT);
        memcpy(bytes + FRONT - DIGEST, &digest, sizeof digest);
    }
    if (vv_table_unpack(bytes, n, &t)) vv_table_release(&t);
    vv_mem_free(bytes);
    fuzz_nothing_leaked(before, "table");
}
