/* SPDX-License-Identifier: MIT */
#include "run/merge.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/text.h"
#include "dist/agree.h"
#include "io/publish.h"
#include "io/table_file.h"
#include "io/tidy.h"
#include "run/directory.h"
#include "run/manifest.h"
#include "run/multiples.h"
#include "run/once.h"
#include "run/registry.h"

static bool labelled(const struct vv_sweep_key *key)
{
    for (int i = 0; i < key->n_values; i++)
        if (key->values[i].label) return true;
    return false;
}

/* The value of a key in a table: a number where it is one, else its label or what was written. */
static struct vv_tidy_key key_of(const struct vv_sweep_key *key, const struct vv_sweep_value *v)
{
    struct vv_tidy_key out = {.name = key->path,
                              .units = key->param->unit ? key->param->unit : "1",
                              .description = key->param->help,
                              .type = VV_TEXT};
    const enum vv_param_type type = key->param->type;
    const bool written = (type == VV_PARAM_TEXT || type == VV_PARAM_PATH) && v->node->text;
    out.text = v->label ? v->label : written ? v->node->text : v->canonical;
    if (labelled(key)) out.units = "1";
    else if ((type == VV_PARAM_INT || type == VV_PARAM_SIZE) && vv_text_to_int(v->canonical, &out.i64))
        out.type = VV_I64;
    else if ((type == VV_PARAM_FLOAT || type == VV_PARAM_TIME) && vv_text_to_float(v->canonical, &out.f64))
        out.type = VV_F64;
    return out;
}

/* The name of a point and its values; keys: [1 + n_keys] */
static void keys_of(const struct vv_sweep *s, int64_t point, const char *name, struct vv_tidy_key *keys)
{
    keys[0] = (struct vv_tidy_key){.name = "point", .units = "1", .description = "name of the point, its folder",
                                   .type = VV_TEXT, .text = name};
    for (int k = 0; k < s->n_keys; k++) keys[k + 1] = key_of(&s->keys[k], vv_sweep_at(s, point, k));
}

/* Reads what a point left and appends it. alone: this rank; figures: or NULL */
static enum vv_status add_point(struct vv_comm *alone, const char *directory, const struct vv_tidy_key *keys,
                                int n_keys, struct vv_tidy *tidy, struct vv_multiples *figures)
{
    struct vv_strbuf path;
    struct vv_table table = {.n_columns = 0};
    bool found = false, whole = false;
    vv_strbuf_init(&path);
    vv_strbuf_addf(&path, "%s/%s/" VV_ONCE_TABLE, directory, keys[0].text);
    enum vv_status st = path.failed ? VV_MEMORY : vv_table_file_read(alone, path.text, &table, &found, &whole);
    if (!st && !(found && whole)) {
        vv_fail(VV_OUTPUT, "'%s' is %s", path.text, found ? "damaged" : "missing");
        st = vv_error_hint("remove the folder of that point: the same command computes it again");
    }
    if (!st) st = vv_tidy_add(tidy, &table, keys, n_keys);
    if (!st && figures) st = vv_multiples_add(figures, &table, keys[0].text);
    vv_table_release(&table);
    vv_strbuf_release(&path);
    return st;
}

static enum vv_status collect(struct vv_comm *alone, const struct vv_sweep *s, const char *directory,
                              const bool *finished, struct vv_tidy *tidy, struct vv_multiples *figures)
{
    struct vv_tidy_key *const keys = vv_mem_new(s->n_keys + 3, sizeof *keys, "keys of a sweep");
    struct vv_strbuf name;
    vv_strbuf_init(&name);
    enum vv_status st = keys ? VV_OK : VV_MEMORY;
    for (int64_t p = 0; !st && p < s->n_points; p++) {
        vv_strbuf_reset(&name);
        vv_sweep_name(s, p, &name);
        keys_of(s, p, name.text, keys);
        keys[s->n_keys + 1] = (struct vv_tidy_key){
            .name = "index", .units = "1", .description = "number of the point, from 1, for --index",
            .type = VV_I64, .i64 = p + 1};
        keys[s->n_keys + 2] = (struct vv_tidy_key){
            .name = "finished", .units = "1", .description = "1: the point has results; 0: it failed",
            .type = VV_I64, .i64 = finished[p]};
        st = name.failed ? VV_MEMORY : vv_tidy_add_row(tidy, "points", keys, s->n_keys + 3);
        if (!st && finished[p]) st = add_point(alone, directory, keys, s->n_keys + 1, tidy, figures);
    }
    vv_strbuf_release(&name);
    vv_mem_free(keys);
    return st;
}

/* What stages make of the tables over all points; of few points, nothing. */
static enum vv_status conclude(struct vv_tidy *tidy, struct vv_strbuf *sentences)
{
    enum vv_status st = VV_OK;
    for (int s = 0; !st && s < VV_N_STAGES; s++) {
        struct vv_table out = {.n_columns = 0};
        if (!vv_registry[s]->conclude) continue;
        st = vv_registry[s]->conclude(tidy, &out, sentences);
        if (!st && out.n_columns > 0) st = vv_tidy_add(tidy, &out, NULL, 0);
        vv_table_release(&out);
    }
    return st;
}

static enum vv_status write_h5(struct vv_comm *alone, const char *path, const struct vv_tidy *tidy)
{
    struct vv_strbuf temporary;
    struct vv_h5_file *file = NULL;
    vv_strbuf_init(&temporary);
    enum vv_status st = vv_publish_temporary(path, &temporary);
    if (!st) st = vv_h5_create(alone, temporary.text, &file);
    if (!st) {
        st = vv_h5_write_text_attribute(file, "/", "title", "varve sweep");
        if (!st) st = vv_h5_write_int_attribute(file, "/", "schema", 1);
        if (!st) st = vv_h5_write_text_attribute(file, "/", "note", "one group for each table, one observation a row; "
                                                 "the reports of the points hold the same numbers as arrays");
        if (!st) st = vv_tidy_write_h5(tidy, file);
        const enum vv_status closed = vv_h5_close(&file);
        st = vv_publish_finish(alone, temporary.text, path, st ? st : closed);
    }
    vv_strbuf_release(&temporary);
    return st;
}

/* The lines of the list that run/manifest.h reads. */
struct list {
    const char *directory;
    struct vv_strbuf text;
};

static void list_file(void *whom, const char *name)
{
    struct list *const l = whom;
    struct vv_strbuf path;
    struct stat info;
    vv_strbuf_init(&path);
    vv_strbuf_addf(&path, "%s/%s", l->directory, name);
    const int64_t bytes = !path.failed && stat(path.text, &info) == 0 ? (int64_t)info.st_size : 0;
    vv_manifest_put_file(name, bytes, l->text.length == 0, &l->text);
    vv_strbuf_release(&path);
}

static enum vv_status write_sheet(struct vv_comm *alone, const struct vv_tidy_sheet *sheet, struct list *files)
{
    struct vv_strbuf name, text;
    vv_strbuf_init(&name);
    vv_strbuf_init(&text);
    vv_strbuf_addf(&name, "tables/%s.csv", sheet->name);
    vv_tidy_write_csv(sheet, "varve sweep, schema 1; the same numbers as in sweep.h5", &text);
    enum vv_status st = name.failed || text.failed ? VV_MEMORY : VV_OK;
    if (!st) st = vv_directory_write(alone, files->directory, name.text, text.text);
    if (!st) list_file(files, name.text);
    vv_strbuf_release(&name);
    vv_strbuf_release(&text);
    return st;
}

static enum vv_status write_all(struct vv_comm *alone, const char *directory, const struct vv_tidy *tidy,
                                struct vv_multiples *figures, struct vv_log *log)
{
    struct list files = {.directory = directory};
    struct vv_strbuf path, manifest;
    vv_strbuf_init(&path);
    vv_strbuf_init(&files.text);
    vv_strbuf_init(&manifest);
    enum vv_status st = vv_directory_path(directory, "tables", &path);
    if (!st) st = vv_publish_directory(alone, path.text);
    if (!st) st = vv_directory_path(directory, "sweep.h5", &path);
    if (!st) st = write_h5(alone, path.text, tidy);
    if (!st) list_file(&files, "sweep.h5");
    for (int s = 0; !st && s < tidy->n_sheets; s++) st = write_sheet(alone, &tidy->sheets[s], &files);
    if (!st && figures) st = vv_multiples_write(figures, directory, log, list_file, &files);
    vv_strbuf_addf(&manifest, "{\n  \"schema\": 1,\n  \"files\": {%s\n  }\n}\n", files.text.text);
    if (!st && (files.text.failed || manifest.failed)) st = VV_MEMORY;
    if (!st) st = vv_directory_write(alone, directory, "manifest.json", manifest.text);
    vv_strbuf_release(&path);
    vv_strbuf_release(&files.text);
    vv_strbuf_release(&manifest);
    return st;
}

enum vv_status vv_merge_points(struct vv_comm *c, const struct vv_points *points, const char *directory,
                               const bool *finished, struct vv_log *log, struct vv_strbuf *sentences)
{
    struct vv_tidy tidy = {.n_sheets = 0};
    struct vv_multiples multiples = {.n_points = 0};
    struct vv_comm *alone = NULL;
    const bool first = vv_comm_rank(c) == 0;
    enum vv_status st = vv_comm_split(c, first ? 0 : 1, &alone);
    if (!st && first) {
        const bool wanted = vv_multiples_wanted(points, finished, &multiples.formats);
        struct vv_multiples *const figures = wanted ? &multiples : NULL;
        st = collect(alone, &points->sweep, directory, finished, &tidy, figures);
        if (!st) st = conclude(&tidy, sentences);
        if (!st) st = write_all(alone, directory, &tidy, figures, log);
    }
    vv_tidy_release(&tidy);
    vv_multiples_release(&multiples);
    vv_comm_release(&alone);
    return vv_agree(c, st);
}
