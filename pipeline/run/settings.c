/* SPDX-License-Identifier: MIT */
#include "run/settings.h"

#include <string.h>

#include "base/mem.h"
#include "run/directory.h"

#define AT(field) offsetof(struct vv_settings_head, field)

static const struct vv_param resource_params[] = {
    {.key = "memory", .type = VV_PARAM_SIZE, .offset = AT(resources.memory) - AT(resources),
     .unit = "bytes per rank", .standard = NULL, .minimum = 1 << 20, .maximum = 1e18,
     .help = "memory one rank may use; rows that do not fit are kept in files, and the run is refused "
             "beforehand when even that is not enough"},
    {.key = "scratch", .type = VV_PARAM_TEXT, .offset = AT(resources.scratch) - AT(resources),
     .help = "folder for such files, best on a disk of the node; unless given, the run directory"},
    {.key = "cache", .type = VV_PARAM_TEXT, .offset = AT(resources.cache) - AT(resources),
     .help = "folder where products are kept for later runs, or none; unless given, VARVE_CACHE, or "
             ".varve-cache beside the run directory"},
    {.key = "time_limit", .type = VV_PARAM_TIME,
     .offset = AT(resources.time_limit) - AT(resources), .unit = "seconds, or such as 90 min, 12 h",
     .minimum = 0, .maximum = 1e9,
     .help = "stop by then, with exit code 75, and keep what is finished: give it less than the queue does"},
    {.key = "checkpoint", .type = VV_PARAM_TIME,
     .offset = AT(resources.checkpoint) - AT(resources), .unit = "seconds, or such as 90 min, 12 h",
     .standard = "10 min", .minimum = 0, .maximum = 1e9,
     .help = "how often a long search saves what it has, to go on from there when it is killed or stopped; 0: never"},
    {.key = "threads", .type = VV_PARAM_INT, .offset = AT(resources.threads) - AT(resources),
     .standard = "0", .minimum = 0, .maximum = 1024,
     .help = "threads of each rank; 0: OMP_NUM_THREADS, or the cores of a node divided by its ranks"},
    {.key = "ranks_per_point", .type = VV_PARAM_INT, .offset = AT(resources.ranks_per_point) - AT(resources),
     .standard = "0", .minimum = 0, .maximum = 1 << 24,
     .help = "a sweep runs points side by side, each on at least so many ranks; 0: one after the other, on all"},
    {.key = NULL},
};

/* `stages` must stay last: its offset and size are found at run time. */
static const struct vv_param head_params[] = {
    {.key = "name", .type = VV_PARAM_TEXT, .offset = AT(name), .required = true,
     .help = "name of the run; results go to results/<name>"},
    {.key = "output", .type = VV_PARAM_TEXT, .offset = AT(output),
     .help = "run directory, instead of results/<name>; relative to where varve is started"},
    {.key = "seed", .type = VV_PARAM_INT, .offset = AT(seed), .standard = "1", .minimum = 0,
     .maximum = 0x1p53, .help = "seed of every random choice of the stages"},
    {.key = "input", .type = VV_PARAM_SECTION, .offset = AT(input), .fields = vv_input_params,
     .item_size = sizeof(struct vv_input_config), .required = true,
     .help = "layers and labels to read"},
    {.key = "resources", .type = VV_PARAM_SECTION, .offset = AT(resources),
     .fields = resource_params, .item_size = sizeof(((struct vv_settings_head *)0)->resources),
     .help = "limits of the machine"},
    {.key = "sweep", .type = VV_PARAM_SECTION, .offset = AT(sweep), .fields = vv_sweep_params,
     .item_size = sizeof(struct vv_sweep_config),
     .help = "run every combination of some values; results go to results/<name>/<point>"},
    {.key = "stages", .type = VV_PARAM_SECTION, .required = true,
     .help = "what to compute; a stage is on when its key is present, {} means its defaults"},
    {.key = NULL},
};

enum { N_HEAD = sizeof head_params / sizeof *head_params, ALIGNMENT = 16 };

static const struct vv_param no_params[] = {{.key = NULL}};

static bool has_own_section(const struct vv_stage *stage)
{
    return stage->section == NULL;
}

static size_t aligned(size_t bytes)
{
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Puts the schema together; stages with a section elsewhere (load: `input`) get that struct. */
static enum vv_status build_schema(struct vv_settings *s)
{
    s->params = vv_mem_new(N_HEAD, sizeof *s->params, "schema");
    s->stage_params = vv_mem_new(VV_N_STAGES + 1, sizeof *s->stage_params, "schema");
    if (!s->params || !s->stage_params) return VV_MEMORY;
    memcpy(s->params, head_params, sizeof head_params);
    size_t end = aligned(sizeof(struct vv_settings_head));
    int n = 0;
    for (int i = 0; i < VV_N_STAGES; i++) {
        const struct vv_stage *stage = vv_registry[i];
        if (!has_own_section(stage)) {
            s->offset[i] = AT(input);
            continue;
        }
        s->offset[i] = end;
        s->stage_params[n++] = (struct vv_param){
            .key = stage->name,
            .type = VV_PARAM_SECTION,
            .offset = end,
            .fields = stage->params ? stage->params : no_params,
            .item_size = stage->config_size,
            .help = stage->summary,
        };
        end = aligned(end + stage->config_size);
    }
    struct vv_param *stages = &s->params[N_HEAD - 2];
    stages->offset = 0; /* the stages' offsets count from the beginning */
    stages->fields = s->stage_params;
    stages->item_size = end;
    s->values = vv_mem_new(1, end, "configuration");
    return s->values ? VV_OK : VV_MEMORY;
}

static enum vv_status parse(struct vv_settings *s, struct vv_diagnostics *d)
{
    VV_TRY(build_schema(s));
    return vv_schema_parse(s->params, s->tree, "", s->values, d);
}

enum vv_status vv_settings_parse(struct vv_settings *s, struct vv_node *tree, struct vv_diagnostics *d)
{
    *s = (struct vv_settings){.tree = tree};
    d->tree = tree;
    const enum vv_status st = tree ? parse(s, d) : VV_OK;
    if (st) vv_settings_release(s);
    return st;
}

enum vv_status vv_settings_init(struct vv_settings *s)
{
    struct vv_diagnostics missing = {0}; /* required keys have no default: not of interest */
    *s = (struct vv_settings){.tree = NULL};
    const enum vv_status st = parse(s, &missing);
    vv_diagnostics_release(&missing);
    return st;
}

void vv_settings_release(struct vv_settings *s)
{
    if (s->values) vv_schema_release(s->params, s->values);
    vv_mem_free(s->values);
    vv_mem_free(s->params);
    vv_mem_free(s->stage_params);
    if (s->tree) vv_tree_release(&s->tree);
    *s = (struct vv_settings){.tree = NULL};
}

const struct vv_settings_head *vv_settings_head(const struct vv_settings *s)
{
    return s->values;
}

const void *vv_settings_stage(const struct vv_settings *s, int stage)
{
    return (const char *)s->values + s->offset[stage];
}

bool vv_settings_enabled(const struct vv_settings *s, int stage)
{
    const struct vv_stage *const it = vv_registry[stage];
    if (it->needed && it->needed(vv_settings_stage(s, stage))) return true;
    return vv_node_get(vv_node_get(s->tree, "stages"), it->name) != NULL;
}

const void *vv_settings_value(const struct vv_settings *s, int stage, const char *key, enum vv_param_type type)
{
    const char *const values = vv_settings_stage(s, stage);
    for (const struct vv_param *p = vv_registry[stage]->params; p && p->key; p++)
        if (p->type == type && strcmp(p->key, key) == 0) return values + p->offset;
    return NULL;
}

bool vv_settings_flag(const struct vv_settings *s, int stage, const char *key)
{
    const bool *const flag = vv_settings_value(s, stage, key, VV_PARAM_BOOL);
    return flag && *flag;
}

void vv_settings_directory(const struct vv_settings_head *head, struct vv_strbuf *out)
{
    if (head->output) vv_strbuf_puts(out, head->output);
    else vv_strbuf_addf(out, "results/%s", head->name);
    vv_directory_trim(out);
}

/* Writes the schema with only the stages that are on, and without the sweep that this may be a point of. */
void vv_settings_write(const struct vv_settings *s, bool with_origins, struct vv_strbuf *out)
{
    struct vv_param on[VV_N_STAGES + 1], head[N_HEAD];
    int n = 0, n_head = 0;
    for (const struct vv_param *p = s->stage_params; p->key; p++)
        if (vv_settings_enabled(s, vv_registry_find(p->key))) on[n++] = *p;
    on[n] = (struct vv_param){.key = NULL};
    for (int i = 0; i < N_HEAD; i++) {
        if (s->params[i].key && strcmp(s->params[i].key, "sweep") == 0) continue;
        head[n_head] = s->params[i];
        if (i == N_HEAD - 2) head[n_head].fields = on;
        n_head++;
    }
    vv_schema_write(head, s->values, with_origins ? s->tree : NULL, 0, out);
}

void vv_settings_write_defaults(struct vv_strbuf *out)
{
    struct vv_settings s;
    vv_strbuf_puts(out, "# Every key with its default, written by 'varve stages --defaults'. A reference, not a\n"
                        "# configuration: give input.layers or input.synthetic, and only the stages you want.\n");
    if (vv_settings_init(&s) == VV_OK) vv_schema_write_reference(s.params, s.values, 0, out);
    vv_settings_release(&s);
}
