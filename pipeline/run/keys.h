/* SPDX-License-Identifier: MIT */
/* What products are called in the cache. The key of a step is a digest of the stage and its version, of the
 * parameters that matter, and of the products it reads, which are called by the keys of their steps in turn;
 * at the beginning of each chain stands the digest of the values of an input. Commit, ranks, threads, machine
 * and paths are not part of it.
 *
 * A step has two keys. `key` names what comes out. `stored` leaves out a parameter of which a larger value
 * serves as well (the k of neighbor tables): under it neighbor tables are kept. */
#ifndef VV_RUN_KEYS_H
#define VV_RUN_KEYS_H

#include "run/others.h"
#include "run/plan.h"

struct vv_key {
    bool known; /* not while an input that it depends on has not been read */
    struct vv_digest key, stored;
};

struct vv_keys {
    const struct vv_plan *plan;
    int n_layers;
    char *const *layer_names;
    uint64_t seed;
    struct vv_key *keys;           /* [n_steps][n_layers]; steps that run once use the first */
    bool *content_known;           /* [n_layers] */
    struct vv_digest *content;     /* [n_layers] digests of the values of the layers */
    struct vv_digest labels;
    struct vv_digest *others;      /* [n_layers] of the files of the further inputs, what corresponds to a layer, */
    struct vv_digest all_others;   /* and of all there is */
};

/* Local. Nothing is known yet but labels and other inputs. */
enum vv_status vv_keys_init(struct vv_keys *k, const struct vv_plan *plan, int n_layers,
                            char *const *layer_names, uint64_t seed,
                            const struct vv_artifact *labels, int n_labels,
                            const struct vv_others *others);
void vv_keys_release(struct vv_keys *k);

/* Local. The values of a layer are these; its PER_LAYER keys become known. Ranks must agree on the status of
 * this and the next two: with other keys they would go other ways. */
enum vv_status vv_keys_set_content(struct vv_keys *k, int layer, struct vv_digest content);

/* Local. The keys of the steps that run once, when those of all layers are known. */
enum vv_status vv_keys_finish(struct vv_keys *k);

/* Local. The key of a step; layer is ignored when it runs once. */
const struct vv_key *vv_keys_of(const struct vv_keys *k, int step, int layer);

/* Local. What identifies the values of a layer without reading them: file and selection. */
enum vv_status vv_keys_identity(const struct vv_source *s, int layer, const struct vv_input_config *input,
                                struct vv_digest *identity);

#endif
