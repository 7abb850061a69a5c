/* SPDX-License-Identifier: MIT */
/* Stop requests: SIGUSR1 and SIGTERM ask the run to end at the next sync point. */
#ifndef VV_DIST_SIGNALS_H
#define VV_DIST_SIGNALS_H

#include <stdbool.h>

/* Local. Installs the handlers. */
void vv_signals_catch(void);

/* Local. Whether this rank has been asked to stop; ranks learn of each other in vv_agree. */
bool vv_signals_stop_requested(void);

/* Local. Takes no more requests, and forgets the one there was: what is left to do is to leave. */
void vv_signals_ignore(void);

#endif
