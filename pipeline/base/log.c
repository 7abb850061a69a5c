/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"

void vv_log_init(struct vv_log *log, enum vv_log_level level, bool speaks)
{
    *log = (struct vv_log){.terminal = stderr, .level = level, .speaks = speaks};
}

void vv_log_release(struct vv_log *log)
{
    for (int i = 0; i < log->n_warnings; i++) vv_mem_free(log->warnings[i]);
    vv_mem_free(log->warnings);
    if (log->file) fclose(log->file);
    *log = (struct vv_log){0};
}

/* In a batch job several programs share the terminal: one fputs per line keeps lines whole. */
static void emit(struct vv_log *log, enum vv_log_level level, const char *text)
{
    char line[2304];
    if (log->terminal && level <= log->level) {
        const char *mark = level == VV_LOG_WARNING ? "warning: " : "";
        const char *const prefix = log->prefix ? log->prefix : "";
        snprintf(line, sizeof line, "varve: %s%s%s%s\n", prefix, prefix[0] ? ": " : "", mark, text);
        fputs(line, log->terminal);
        fflush(log->terminal);
    }
    if (log->file) {
        static const char *const names[] = {"error", "warning", "info", "detail"};
        char stamp[32];
        const time_t now = time(NULL);
        struct tm parts;
        strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &parts));
        fprintf(log->file, "%s %-7s %s\n", stamp, names[level], text);
        fflush(log->file);
    }
}

/* The message of a function of (log, format, ...). */
#define FORMAT(text)                                                                               \
    char text[1900];                                                                               \
    va_list args;                                                                                  \
    va_start(args, format);                                                                        \
    vsnprintf(text, sizeof text, format, args);                                                    \
    va_end(args)

void vv_log_info(struct vv_log *log, const char *format, ...)
{
    FORMAT(text);
    if (log->speaks) emit(log, VV_LOG_INFO, text);
}

void vv_log_detail(struct vv_log *log, const char *format, ...)
{
    FORMAT(text);
    if (log->speaks) emit(log, VV_LOG_DETAIL, text);
}

static void keep(struct vv_log *log, const char *text)
{
    char **grown = vv_mem_resize(log->warnings, log->n_warnings + 1, sizeof *grown, "warnings");
    if (!grown) return;
    log->warnings = grown;
    if ((grown[log->n_warnings] = vv_mem_string(text))) log->n_warnings++;
}

static void warn(struct vv_log *log, const char *text)
{
    keep(log, text);
    if (log->speaks) emit(log, VV_LOG_WARNING, text);
}

void vv_log_warning(struct vv_log *log, const char *format, ...)
{
    FORMAT(text);
    warn(log, text);
}

void vv_log_finding(struct vv_log *log, const char *format, ...)
{
    FORMAT(text);
    warn(log, text);
    if (log->findings) vv_strbuf_addf(log->findings, "%s\n", text);
}
