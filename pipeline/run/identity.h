/* SPDX-License-Identifier: MIT */
/* What a job will make, before anything is read: the keys of run/keys.h with, in place of the values of an input, what
 * its path, size and time tell. Two jobs with an equal key share a product; a job with an equal identity has
 * been done. */
#ifndef VV_RUN_IDENTITY_H
#define VV_RUN_IDENTITY_H

#include "run/cache.h"
#include "run/job.h"
#include "run/keys.h"

/* Collective. The keys of all steps and layers; the labels have been read. keys: to be released with vv_keys_release in
 * any case. */
enum vv_status vv_identity_keys(const struct vv_job *job, struct vv_keys *keys);

/* Collective. The true keys, as far as the cache knows what an input holds. */
enum vv_status vv_identity_recall(const struct vv_job *job, const struct vv_cache *cache, struct vv_keys *keys);

/* Collective. The digest of all keys and of the version of the program. */
enum vv_status vv_identity_of(const struct vv_job *job, struct vv_digest *identity);

#endif
