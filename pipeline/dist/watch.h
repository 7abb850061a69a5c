/* SPDX-License-Identifier: MIT */
/* The watchdog: when a rank has not moved for too long, it says where it is and ends the run, so that a job does
 * not hang until the queue ends it. What moves: progress within a step, and every sync point that is passed. */
#ifndef VV_DIST_WATCH_H
#define VV_DIST_WATCH_H

/* How to say a last word, given by whoever may speak. */
typedef void (*vv_last_word_fn)(const char *text);

/* Local. Starts the watch: after `seconds` without a move of this rank its phase is told and the process ends
 * with code 1, whereupon the launcher ends the others. */
void vv_watch_start(int rank, double seconds, vv_last_word_fn tell);

/* Local. What is being done now, copied; a move. */
void vv_watch_step(const char *step);

/* Local. A move; share: of the step that is done, 0..1. */
void vv_watch_move(double share);

/* Local. This rank waits for the others at a sync point. / They came: a move. */
void vv_watch_wait(void);
void vv_watch_met(void);

/* Local. Seconds that this rank has waited at sync points so far. */
double vv_watch_waited(void);

#endif
