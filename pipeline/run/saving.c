/* SPDX-License-Identifier: MIT */
#include "run/saving.h"

#include "io/neighbors_file.h"

enum vv_status vv_saving_init(struct vv_saving *s, const struct vv_keys *keys, int step, int layer,
                              const char *directory)
{
    const struct vv_stage *const stage = keys->plan->steps[step].stage;
    const struct vv_key *const key = vv_keys_of(keys, step, layer < 0 ? 0 : layer);
    bool searches = false;
    vv_strbuf_init(&s->path);
    s->checkpoint = (struct vv_checkpoint){.path = NULL};
    for (int o = 0; o < keys->plan->steps[step].n_outputs; o++)
        searches = searches || stage->outputs[o].kind == VV_NEIGHBORS;
    if (layer < 0 || !searches || !key->known) return VV_OK;
    VV_TRY(vv_neighbors_file_path(directory, stage->name, keys->layer_names[layer], &s->path));
    vv_strbuf_puts(&s->path, ".state");
    s->checkpoint.path = s->path.text;
    s->checkpoint.key = key->key;
    return s->path.failed ? VV_MEMORY : VV_OK;
}

void vv_saving_release(struct vv_saving *s)
{
    vv_strbuf_release(&s->path);
}
