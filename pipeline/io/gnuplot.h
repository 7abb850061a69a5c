/* SPDX-License-Identifier: MIT */
/* Running gnuplot, by one rank, without fork: the child is started with posix_spawn, which suits Open MPI.
 * It reads no input and no settings of the user's, and is killed, with what it started, when it takes too long. */
#ifndef VV_IO_GNUPLOT_H
#define VV_IO_GNUPLOT_H

#include <stddef.h>

enum vv_gnuplot {
    VV_GNUPLOT_DONE,
    VV_GNUPLOT_ABSENT, /* there is no program of that name on PATH */
    VV_GNUPLOT_FAILED,
    VV_GNUPLOT_LATE    /* took longer than the limit */
};

/* Local. Runs a script in its folder, so that it writes `file` there. script, format, file: without quotes or blanks
 * (vv_figure_name). limit: seconds. said: [size] the first line of what it complained about, or empty. */
enum vv_gnuplot vv_gnuplot_run(const char *folder, const char *script, const char *format, const char *file,
                               double limit, char *said, size_t size);

#endif
