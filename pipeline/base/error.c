/* SPDX-License-Identifier: MIT */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static struct vv_error last = {.code = VV_OK, .rank = -1};

enum vv_status vv_error_set(enum vv_status code, const char *file, int line, const char *format,
                            ...)
{
    if (last.code != VV_OK) return last.code;
    last.code = code;
    last.rank = -1;
    last.file = file;
    last.line = line;
    last.hint[0] = '\0';
    va_list args;
    va_start(args, format);
    vsnprintf(last.message, sizeof last.message, format, args);
    va_end(args);
    return code;
}

enum vv_status vv_error_context(const char *format, ...)
{
    char context[sizeof last.message];
    va_list args;
    va_start(args, format);
    vsnprintf(context, sizeof context, format, args);
    va_end(args);
    char joined[2 * sizeof last.message + 2];
    snprintf(joined, sizeof joined, "%s: %s", context, last.message);
    memcpy(last.message, joined, sizeof last.message - 1); /* a longer one loses its end */
    return last.code;
}

enum vv_status vv_error_hint(const char *format, ...)
{
    if (last.hint[0] != '\0') return last.code;
    va_list args;
    va_start(args, format);
    vsnprintf(last.hint, sizeof last.hint, format, args);
    va_end(args);
    return last.code;
}

const struct vv_error *vv_error_last(void)
{
    return &last;
}

void vv_error_restore(const struct vv_error *error)
{
    last = *error;
}

void vv_error_clear(void)
{
    last = (struct vv_error){.code = VV_OK, .rank = -1};
}

const char *vv_status_meaning(enum vv_status code)
{
    switch (code) {
#define VV_STATUS(name, value, meaning)                                                            \
    case VV_##name: return meaning;
#include "base/status.def"
#undef VV_STATUS
    }
    return "unknown status";
}
