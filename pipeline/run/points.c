/* SPDX-License-Identifier: MIT */
#include "run/points.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "dist/agree.h"
#include "run/cache.h"
#include "run/directory.h"

/* What holds for a sweep as a whole. */
static void refuse_fixed(const struct vv_points *p, struct vv_diagnostics *d)
{
    static const struct { const char *path, *why; } fixed[] = {
        {"name", "points get names of their own, and {label: value} names a value"},
        {"output", "points get folders of their own"},
        {"resources.cache", "the points share one cache"},
        {"resources.time_limit", "it holds for the whole sweep"},
        {"resources.ranks_per_point", "it holds for the whole sweep"},
    };
    for (int k = 0; k < p->sweep.n_keys; k++)
        for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
            if (strcmp(p->sweep.keys[k].path, fixed[i].path) == 0)
                vv_diagnostics_add(d, &p->sweep.keys[k].place, "sweep: '%s' cannot be swept: %s", fixed[i].path,
                                   fixed[i].why);
}

/* Values of a stage that is off would turn it on, with all else at its defaults: more likely a mistake. */
static void refuse_off(const struct vv_points *p, struct vv_diagnostics *d)
{
    static const char stages[] = "stages.";
    for (int k = 0; k < p->sweep.n_keys; k++) {
        const char *const path = p->sweep.keys[k].path;
        char stage[64];
        if (strncmp(path, stages, strlen(stages)) != 0) continue;
        snprintf(stage, sizeof stage, "%.*s", (int)strcspn(path + strlen(stages), "."), path + strlen(stages));
        if (!vv_node_get(vv_node_get(p->tree, "stages"), stage))
            vv_diagnostics_add(d, &p->sweep.keys[k].place,
                               "sweep: '%s' would change nothing, the stage is off; add '%s: {}' under stages", path,
                               stage);
    }
}

/* An override of what varies has no effect. */
static void refuse_overridden(const struct vv_points *p, const struct vv_cli *cli, struct vv_diagnostics *d)
{
    static const struct vv_place place = {.file = "command line"};
    for (int i = 1; i < cli->n_arguments; i++)
        for (int k = 0; k < p->sweep.n_keys; k++) {
            const char *const path = p->sweep.keys[k].path;
            const size_t n = strcspn(cli->arguments[i], "=");
            if (strlen(path) == n && strncmp(cli->arguments[i], path, n) == 0)
                vv_diagnostics_add(d, &place, "'%s': the sweep varies %s; --sweep %s replaces its values",
                                   cli->arguments[i], path, cli->arguments[i]);
        }
}

static enum vv_status read_sweep(struct vv_points *p, const struct vv_cli *cli, struct vv_diagnostics *d)
{
    const int before = d->n;
    VV_TRY(vv_settings_init(&p->schema));
    VV_TRY(vv_sweep_read(&p->sweep, p->section, cli->sweeps, cli->n_sweeps, p->schema.params, d));
    refuse_fixed(p, d);
    refuse_off(p, d);
    refuse_overridden(p, cli, d);
    if (d->n > before) p->sweep.n_points = 0;
    return VV_OK;
}

static enum vv_status read_all(struct vv_points *p, const struct vv_cli *cli, struct vv_diagnostics *d)
{
    if (cli->n_arguments < 1) {
        vv_fail(VV_USAGE, "no configuration file given");
        return vv_error_hint("try 'varve run configs/quickstart.yml'");
    }
    VV_TRY(vv_tree_read(cli->arguments[0], d, &p->tree));
    for (int i = 1; p->tree && i < cli->n_arguments; i++)
        VV_TRY(vv_tree_override(&p->tree, cli->arguments[i], d));
    if (!p->tree) return VV_OK;
    p->section = vv_tree_take(p->tree, "sweep");
    p->swept = cli->n_sweeps > 0 || !vv_node_is_null(p->section);
    return p->swept ? read_sweep(p, cli, d) : VV_OK;
}

/* --index */
static enum vv_status choose(struct vv_points *p, const struct vv_cli *cli)
{
    int64_t index;
    const long long n = (long long)p->sweep.n_points;
    if (!cli->index) return VV_OK;
    if (n == 0) {
        vv_fail(VV_USAGE, "option '--index' needs a sweep, and '%s' describes none", cli->arguments[0]);
        return vv_error_hint("add 'sweep: {grid: {a.b: [1, 2]}}', or --sweep a.b=1,2");
    }
    if (vv_text_to_int(cli->index, &index) && index >= 1 && index <= n) {
        p->only = index - 1;
        return VV_OK;
    }
    vv_fail(VV_USAGE, "option '--index' needs a number from 1 to %lld, the number of points, not '%s'", n, cli->index);
    return vv_error_hint("sbatch --array=1-$(varve plan --count %s)", cli->arguments[0]);
}

/* Local. Digest of all points. */
static enum vv_status digest_of(const struct vv_points *p, struct vv_digest *digest)
{
    struct vv_strbuf text;
    vv_strbuf_init(&text);
    for (int64_t i = 0; i < p->sweep.n_points; i++) {
        vv_strbuf_reset(&text);
        vv_sweep_overrides(&p->sweep, i, &text);
        *digest = vv_hash_join(*digest, vv_hash_bytes(text.text, text.length));
    }
    const bool failed = text.failed;
    vv_strbuf_release(&text);
    return failed ? VV_MEMORY : VV_OK;
}

enum vv_status vv_points_open(struct vv_points *p, struct vv_comm *c, const struct vv_cli *cli)
{
    struct vv_diagnostics *const d = &p->diagnostics;
    *p = (struct vv_points){.only = VV_NO_POINT};
    struct vv_digest digest = {0, 0};
    VV_TRY(vv_agree(c, read_all(p, cli, d)));
    VV_TRY(vv_agree(c, digest_of(p, &digest)));
    int64_t low[3] = {(int64_t)digest.low, p->sweep.n_points, d->n}, high[3] = {low[0], low[1], low[2]};
    vv_comm_min_i64(c, low, 3);
    vv_comm_max_i64(c, high, 3);
    if (low[0] != high[0] || low[1] != high[1] || low[2] != high[2]) {
        vv_fail(VV_USAGE, "the ranks do not read the same configuration or input from '%s'", cli->arguments[0]);
        return vv_error_hint("are these files on a file system that all machines share?");
    }
    p->cores = vv_comm_cores(c);
    return vv_agree(c, d->n == 0 ? choose(p, cli) : VV_OK);
}

void vv_points_close(struct vv_points *p)
{
    vv_sweep_release(&p->sweep);
    vv_settings_release(&p->schema);
    vv_diagnostics_release(&p->diagnostics);
    if (p->section) vv_tree_release(&p->section);
    if (p->tree) vv_tree_release(&p->tree);
}

/* As vv_settings_directory, from what is written. */
static void find_directory(const struct vv_points *p, struct vv_strbuf *out)
{
    const struct vv_node *const output = vv_node_get(p->tree, "output"), *const name = vv_node_get(p->tree, "name");
    if (!vv_node_is_null(output) && output->text) vv_strbuf_puts(out, output->text);
    else vv_strbuf_addf(out, "results/%s", name && name->text ? name->text : "");
    vv_directory_trim(out);
}

static enum vv_status set_point(const struct vv_points *p, int64_t point, struct vv_node *tree)
{
    struct vv_strbuf folder;
    vv_strbuf_init(&folder);
    find_directory(p, &folder);
    vv_strbuf_puts(&folder, "/");
    vv_sweep_name(&p->sweep, point, &folder);
    enum vv_status st = folder.failed ? VV_MEMORY : vv_sweep_apply(&p->sweep, point, tree);
    if (!st) st = vv_tree_set_text(tree, "output", folder.text, "sweep");
    vv_strbuf_release(&folder);
    return st;
}

enum vv_status vv_points_settings(const struct vv_points *p, int64_t point, struct vv_settings *s,
                                  struct vv_diagnostics *d)
{
    struct vv_node *tree = p->tree ? vv_tree_copy(p->tree) : NULL;
    *s = (struct vv_settings){.stage_params = NULL}; /* may be released, whatever comes */
    if (p->tree && !tree) return VV_MEMORY;
    if (tree && point != VV_NO_POINT) {
        const enum vv_status st = set_point(p, point, tree);
        if (st) {
            vv_tree_release(&tree);
            return st;
        }
    }
    return vv_settings_parse(s, tree, d);
}

enum vv_status vv_points_common_init(struct vv_points_common *common, const struct vv_points *p)
{
    struct vv_settings settings;
    struct vv_diagnostics d = {0}; /* told when the points are looked at */
    *common = (struct vv_points_common){.time_limit = 0.0};
    vv_strbuf_init(&common->directory);
    vv_strbuf_init(&common->cache);
    find_directory(p, &common->directory);
    const enum vv_status st = vv_points_settings(p, p->only != VV_NO_POINT ? p->only : p->swept ? 0 : VV_NO_POINT,
                                                 &settings, &d);
    if (!st) {
        const struct vv_settings_head *const head = vv_settings_head(&settings);
        common->ranks_per_point = head->resources.ranks_per_point;
        common->time_limit = head->resources.time_limit;
        vv_cache_folder(head->resources.cache, common->directory.text, &common->cache);
        vv_settings_release(&settings);
    }
    vv_diagnostics_release(&d);
    return st ? st : common->directory.failed || common->cache.failed ? VV_MEMORY : VV_OK;
}

void vv_points_common_release(struct vv_points_common *common)
{
    vv_strbuf_release(&common->directory);
    vv_strbuf_release(&common->cache);
}

int vv_points_groups(const struct vv_points *p, const struct vv_points_common *common, int size)
{
    const int64_t ranks = p->only == VV_NO_POINT ? common->ranks_per_point : 0;
    const int64_t groups = ranks > 0 && ranks < size ? size / ranks : 1;
    return (int)(groups < p->sweep.n_points ? groups : p->sweep.n_points);
}

void vv_points_warn(const struct vv_points *p, struct vv_log *log)
{
    for (int i = 0; i < p->sweep.warnings.n; i++) vv_log_warning(log, "%s", p->sweep.warnings.lines[i]);
}

enum vv_status vv_points_verdict(const struct vv_diagnostics *d, const struct vv_cli *cli, bool speaks)
{
    if (d->n == 0) return VV_OK;
    for (int i = 0; speaks && i < d->n; i++) fprintf(stderr, "%s\n", d->lines[i]);
    return vv_fail(VV_USAGE, "%d error%s in the configuration '%s'", d->n, d->n == 1 ? "" : "s", cli->arguments[0]);
}
