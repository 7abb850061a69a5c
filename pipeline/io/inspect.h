/* SPDX-License-Identifier: MIT */
/* What is in a file, for people. */
#ifndef VV_IO_INSPECT_H
#define VV_IO_INSPECT_H

#include "base/error.h"
#include "base/strbuf.h"

/* Local. Appends format, arrays with shapes and types, and the values of scalars (the provenance of a
 * report, for instance). A directory stands for the report.h5 in it. VV_INPUT when it cannot be
 * read. */
enum vv_status vv_inspect(const char *path, struct vv_strbuf *out);

#endif
