/* SPDX-License-Identifier: MIT */
/* Stop requests: SIGUSR1, SIGTERM and without a launcher a first SIGINT, a file, or a time limit ask the run to end at
 * the next sync point. */
#ifndef VV_DIST_SIGNALS_H
#define VV_DIST_SIGNALS_H

#include <stdbool.h>

/* Why a run is to stop; ranks agree on the highest. */
enum vv_stop { VV_GO_ON, VV_STOP_TIME, VV_STOP_FILE, VV_STOP_SIGNAL };

/* Local. Installs the handlers; that of SIGINT only for a program that no launcher began, which is `alone`. */
void vv_signals_catch(bool alone);

/* Local. From now on the run is to end after `seconds` (0: no limit), or when there is a file `path` (NULL: this
 * rank does not look). path: borrowed until vv_signals_ignore. */
void vv_signals_watch(const char *path, double seconds);

/* Local. The same for a further file, one that concerns several runs after each other; until vv_signals_ignore. */
void vv_signals_watch_also(const char *path);

/* Local. Whether this rank has been asked to stop, and by what; ranks learn of each other in vv_agree. Cheap
 * enough for loops. */
enum vv_stop vv_signals_stop_requested(void);

/* Local. Does not return when the run was stopped by SIGINT: it ends the program, so that a shell learns of it and
 * leaves its loop, too. To be called when everything is closed. */
void vv_signals_pass_on(void);

/* Local. Takes no more requests, and forgets the one there was: what is left to do is to leave. */
void vv_signals_ignore(void);

#endif
