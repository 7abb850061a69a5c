/* SPDX-License-Identifier: MIT */
/* Time: seconds that only go forward, and dates for people. */
#ifndef VV_BASE_CLOCK_H
#define VV_BASE_CLOCK_H

#include <stddef.h>

/* Local. Seconds since some fixed moment of this process's life. */
double vv_clock_seconds(void);

/* Local. The present moment as "2026-11-21T10:00:00Z". */
void vv_clock_date(char *text, size_t size);

/* Local. A span of time in few characters: "0.42 s", "3:07", "1:02:09". */
void vv_clock_span(double seconds, char *text, size_t size);

#endif
