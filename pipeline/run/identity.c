/* SPDX-License-Identifier: MIT */
#include "run/identity.h"

#include <string.h>

#include "dist/agree.h"
#include "run/provenance.h"

enum vv_status vv_identity_keys(const struct vv_job *job, struct vv_keys *keys)
{
    const struct vv_settings_head *const head = vv_settings_head(&job->settings);
    enum vv_status st = vv_keys_init(keys, &job->plan, job->n_layers, job->layer_names, (uint64_t)head->seed,
                                     job->labels, job->n_labels, &job->others);
    st = vv_agree(job->comm, st);
    for (int l = 0; !st && l < job->n_layers; l++) {
        struct vv_digest identity = {0, 0};
        if (vv_comm_rank(job->comm) == 0) st = vv_keys_identity(job->source, l, &head->input, &identity);
        vv_comm_bcast(job->comm, &identity, sizeof identity, 0); /* one look at the file for all */
        if (!st) st = vv_keys_set_content(keys, l, identity);
        st = vv_agree(job->comm, st);
    }
    return st ? st : vv_agree(job->comm, vv_keys_finish(keys));
}

enum vv_status vv_identity_recall(const struct vv_job *job, const struct vv_cache *cache, struct vv_keys *keys)
{
    const struct vv_settings_head *const head = vv_settings_head(&job->settings);
    struct vv_digest content;
    enum vv_status st = vv_keys_init(keys, &job->plan, job->n_layers, job->layer_names, (uint64_t)head->seed,
                                     job->labels, job->n_labels, &job->others);
    st = vv_agree(job->comm, st);
    for (int l = 0; !st && l < job->n_layers; l++) {
        struct vv_digest identity;
        st = vv_agree(job->comm, vv_keys_identity(job->source, l, &head->input, &identity));
        if (!st && vv_cache_recall(cache, identity, &content)) st = vv_keys_set_content(keys, l, content);
        st = vv_agree(job->comm, st);
    }
    return st ? st : vv_agree(job->comm, vv_keys_finish(keys));
}

enum vv_status vv_identity_of(const struct vv_job *job, struct vv_digest *identity)
{
    struct vv_keys keys;
    const char *const version = vv_provenance_version();
    enum vv_status st = vv_identity_keys(job, &keys);
    struct vv_digest all = vv_hash_bytes(version, strlen(version));
    for (int s = 0; !st && s < job->plan.n_steps; s++) {
        const bool once = job->plan.steps[s].stage->scope == VV_ALL_LAYERS;
        for (int l = 0; l < (once ? 1 : job->n_layers); l++)
            all = vv_hash_join(all, vv_keys_of(&keys, s, l)->key);
    }
    for (int l = 0; !st && l < job->n_layers; l++)
        all = vv_hash_join(all, vv_hash_bytes(job->layer_names[l], strlen(job->layer_names[l])));
    vv_keys_release(&keys);
    *identity = all;
    return st;
}
