/* SPDX-License-Identifier: MIT */
/* The manual page and the completions of shells, made from the lists of commands, options, stages, configuration keys,
 * exit codes and environment variables: they cannot tell anything else than the program does. */
#ifndef VV_RUN_MANUAL_H
#define VV_RUN_MANUAL_H

#include "base/error.h"
#include "base/strbuf.h"

/* Local. Appends varve(1), in the man macros of troff. */
enum vv_status vv_manual_write(struct vv_strbuf *out);

enum vv_shell { VV_BASH, VV_ZSH, VV_FISH, VV_N_SHELLS };
extern const char *const vv_shell_names[VV_N_SHELLS];

/* Local. Appends what completes commands, options, stages, configuration keys and their values, and files. */
enum vv_status vv_completion_write(enum vv_shell shell, struct vv_strbuf *out);

#endif
