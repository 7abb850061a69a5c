/* SPDX-License-Identifier: MIT */
/* Errors are values. The code that detects one records it (code, message, place) and returns the
 * code; callers pass the code up, perhaps adding context in front of the message; main alone prints.
 * One record exists per process: the first error wins until it is cleared. */
#ifndef VV_BASE_ERROR_H
#define VV_BASE_ERROR_H

#include <stdbool.h>

enum vv_status {
#define VV_STATUS(name, value, meaning) VV_##name = (value),
#include "base/status.def"
#undef VV_STATUS
};

struct vv_error {
    enum vv_status code;
    int rank;           /* rank that failed, -1 when unknown or not distributed */
    char message[1024]; /* one line, no program name, no final period */
    char hint[512];     /* how to mend it; may be empty */
    const char *file;   /* place of detection, for the debug log */
    int line;
};

/* Records an error and returns `code`: `return vv_fail(VV_INPUT, "cannot read '%s'", path);`.
 * If an error is already recorded, it is kept and only the code of the record is returned. */
#ifndef __clang_analyzer__
#define vv_fail(code, ...) vv_error_set((code), __FILE__, __LINE__, __VA_ARGS__)
#else /* what make lint may rely on */
#define vv_fail(code, ...) (vv_error_set((code), __FILE__, __LINE__, __VA_ARGS__), (code))
#endif

/* Returns from the calling function when `expr` is not VV_OK. Only where nothing is owned. */
#define VV_TRY(expr)                                                                               \
    do {                                                                                           \
        const enum vv_status vv_try_status = (expr);                                               \
        if (vv_try_status != VV_OK) return vv_try_status;                                          \
    } while (0)

/* Local. Behind vv_fail. */
enum vv_status vv_error_set(enum vv_status code, const char *file, int line, const char *format,
                            ...) __attribute__((format(printf, 4, 5)));

/* Local. Puts "context: " in front of the recorded message and returns its code. */
enum vv_status vv_error_context(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Local. Adds a hint to the recorded error, unless it has one, and returns its code. */
enum vv_status vv_error_hint(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Local. The recorded error; its code is VV_OK when there is none. Never NULL. */
const struct vv_error *vv_error_last(void);

/* Local. Replaces the record, as after receiving it from another rank. */
void vv_error_restore(const struct vv_error *error);

/* Local. Forgets the record. */
void vv_error_clear(void);

/* Local. The meaning of a status in a few words. */
const char *vv_status_meaning(enum vv_status code);

#endif
