/* SPDX-License-Identifier: MIT */
/* Where numbers come from: program, libraries, machine, configuration, times. The only part of a
 * report that differs between two runs of the same analysis. */
#ifndef VV_RUN_PROVENANCE_H
#define VV_RUN_PROVENANCE_H

#include "base/log.h"
#include "base/strbuf.h"
#include "data/table.h"
#include "dist/comm.h"
#include "run/plan.h"
#include "run/settings.h"
#include "run/timing.h"

/* Local. "0.1.0", and the commit it was built from ("unknown" outside git). */
const char *vv_provenance_version(void);
const char *vv_provenance_commit(void);

/* Collective. Fills a table of provenance/... columns: program, commit, compiler, libraries, ranks,
 * threads, hosts, command line, effective configuration with origins, date. */
enum vv_status vv_provenance_collect(struct vv_comm *c, const struct vv_settings *s, int threads,
                                     const char *command, struct vv_table *table);

/* Local. Adds the digest that tells whether a run has been done before (run/identity.h). */
enum vv_status vv_provenance_add_identity(struct vv_table *table, const char *identity);

/* Collective. Adds, once, what is known when the first `n` steps have run: their times, what was warned of, memory.
 * layer_names: of all layers */
enum vv_status vv_provenance_complete(struct vv_comm *c, const struct vv_plan *plan, const struct vv_timing *timing,
                                      int n, char *const *layer_names, const struct vv_log *log,
                                      struct vv_table *table);

#endif
