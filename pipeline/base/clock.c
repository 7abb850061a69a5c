/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

double vv_clock_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void vv_clock_date(char *text, size_t size)
{
    const time_t now = time(NULL);
    struct tm parts;
    strftime(text, size, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &parts));
}

void vv_clock_span(double seconds, char *text, size_t size)
{
    if (seconds < 59.95) {
        snprintf(text, size, seconds < 9.995 ? "%.2f s" : "%.1f s", seconds);
        return;
    }
    const long whole = (long)(seconds + 0.5);
    if (whole < 3600)
        snprintf(text, size, "%ld:%02ld", whole / 60, whole % 60);
    else
        snprintf(text, size, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
}
