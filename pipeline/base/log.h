/* SPDX-License-Identifier: MIT */
/* The log: what a run tells while it works. Only the speaking rank writes, one line a message, to
 * the terminal (standard error) and to run.log; results go to standard output elsewhere. */
#ifndef VV_BASE_LOG_H
#define VV_BASE_LOG_H

#include <stdbool.h>
#include <stdio.h>

#include "base/strbuf.h"

enum vv_log_level { VV_LOG_ERROR, VV_LOG_WARNING, VV_LOG_INFO, VV_LOG_DETAIL };

struct vv_log {
    FILE *terminal;           /* NULL: silent */
    FILE *file;               /* run.log, or NULL; it receives every level */
    enum vv_log_level level;  /* most talkative level shown on the terminal */
    const char *prefix;       /* in front of lines on the terminal, or NULL; borrowed */
    bool speaks;              /* false on all ranks but 0: every call is then a no-op */
    int n_warnings;           /* warnings so far */
    char **warnings;          /* [n_warnings] their texts, kept for the report */
    struct vv_strbuf *findings; /* where findings are collected too, one a line; or NULL */
};

/* Local. A log on standard error. */
void vv_log_init(struct vv_log *log, enum vv_log_level level, bool speaks);

/* Local. Closes the file and frees the kept warnings. */
void vv_log_release(struct vv_log *log);

/* Local. One line; the final newline is added. Warnings are shown as "warning: ..." and kept. A finding is a warning
 * about the data, not about this run: it is said again whenever the results it belongs to are used again. */
void vv_log_info(struct vv_log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));
void vv_log_detail(struct vv_log *log, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void vv_log_warning(struct vv_log *log, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void vv_log_finding(struct vv_log *log, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
