/* SPDX-License-Identifier: MIT */
/* What the parts of the stage share: its configuration, the evidence there is, and what is said about it. Each part
 * judges by one rule, adds its columns depth/... and its sentences. */
#ifndef VV_DEPTH_DEPTH_H
#define VV_DEPTH_DEPTH_H

#include "base/strbuf.h"
#include "data/series.h"
#include "pipeline.h"
#include "stages/depth/core.h"

struct depth_config {
    double prominence, significance, confidence, plateau, parting;
    int64_t resamples;
};

/* Texts of each series. */
enum vv_depth_text {
    VV_SAY_VERDICT,  /* the suggestions, how far they agree */
    VV_SAY_FREEZE,   /* how many layers to keep; goes to the end of the verdict */
    VV_SAY_ID,       /* why, and what would change it: the minimum rule */
    VV_SAY_EVIDENCE, /* plateaus and imbalances */
    VV_SAY_LABELS,   /* probes and overlaps with labels */
    VV_SAY_NETWORKS, /* other networks */
    VV_N_SAYINGS
};

struct vv_depth {
    struct vv_context *ctx;
    const struct depth_config *config;
    int n_layers;
    char *const *names; /* [n_layers] */
    struct vv_series series;
    const struct vv_table *composition, *imbalance, *similarity, *probe; /* or NULL */
    const struct vv_artifact *const *outcomes;                          /* [n_layers] of the probes, or NULL */
    struct vv_profile id;                                               /* all layers */
    struct vv_depth_verdict *judged; /* [series] by the minimum rule; positions within the series */
    struct vv_column *id_set;        /* [n_layers] */
    struct vv_strbuf *text[VV_N_SAYINGS]; /* [series] each */
    struct vv_strbuf across;              /* of all series together */
    struct vv_table *table;
};

/* Local. The part of a profile over all layers that is one series. */
struct vv_profile vv_depth_part(const struct vv_depth *it, const struct vv_profile *all, int series);

/* Local. Layers of a series. */
int vv_depth_length(const struct vv_depth *it, int series);

/* Local. A column depth/<name> of the layers, or of the series. */
enum vv_status vv_depth_add(struct vv_depth *it, const char *name, const char *long_name, const char *description,
                            enum vv_value type, bool of_series, struct vv_column **out);

/* Local. The same, depth/<group>/<of>/<name>; `of` is a label set or a network. */
enum vv_status vv_depth_add_of(struct vv_depth *it, const char *group, const char *of, const char *name,
                               const char *description, enum vv_value type, bool of_series, struct vv_column **out);

/* Local. A column of a table by a name made like printf; NULL when there is no table or no such column. */
const struct vv_column *vv_depth_find(const struct vv_table *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Collective in vv_depth_probes, else Local. The parts, in this order. */
enum vv_status vv_depth_minimum(struct vv_depth *it);
enum vv_status vv_depth_evidence(struct vv_depth *it);
enum vv_status vv_depth_overlaps(struct vv_depth *it);
enum vv_status vv_depth_probes(struct vv_depth *it);
enum vv_status vv_depth_networks(struct vv_depth *it);
enum vv_status vv_depth_across(struct vv_depth *it);

/* Local. Whether there are outcomes of probes of a label set in some layer of a series. */
bool vv_depth_has_probe(const struct vv_depth *it, int series, const char *label);

#endif
