/* SPDX-License-Identifier: MIT */
/* How a report is sealed: names of the attributes, and the digest of its columns; for io/report_*.c only. */
#ifndef VV_IO_REPORT_DIGEST_H
#define VV_IO_REPORT_DIGEST_H

#include "data/table.h"

#define VV_REPORT_ORDER "order"          /* attribute of a dataset: its place among the columns, from 0 */
#define VV_REPORT_SEALED "/provenance"   /* the group that carries the digest: other parts vary with results only */
#define VV_REPORT_DIGEST "digest"        /* its attribute: 32 hexadecimal digits */

enum { VV_REPORT_DIGEST_BYTES = 33 };

/* Local. Digest of everything the columns carry; a text that is NULL counts as an empty one. */
enum vv_status vv_report_digest(const struct vv_table *all, char digest[VV_REPORT_DIGEST_BYTES]);

#endif
