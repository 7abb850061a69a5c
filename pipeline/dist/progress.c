/* SPDX-License-Identifier: MIT */
#include "dist/progress.h"

#include "base/clock.h"
#include "dist/watch.h"

void vv_progress_begin(struct vv_progress *p, struct vv_log *log, const char *step)
{
    const double now = vv_clock_seconds();
    vv_watch_step(step);
    *p = (struct vv_progress){
        .log = log, .step = step, .begin = now, .spoken = now, .interval = 30.0};
}

void vv_progress_tell(struct vv_progress *p, double done, double total)
{
    const double now = vv_clock_seconds();
    vv_watch_move(total > 0.0 ? done / total : 0.0);
    if (now - p->spoken < p->interval || done <= 0.0 || total <= 0.0) return;
    p->spoken = now;
    char left[32];
    vv_clock_span((now - p->begin) * (total - done) / done, left, sizeof left);
    vv_log_info(p->log, "%s: %.0f %% done, about %s left", p->step, 100.0 * done / total, left);
}
