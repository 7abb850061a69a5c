/* SPDX-License-Identifier: MIT */
/* Single values of the schema: from a node, to text, released; for config/ only. */
#ifndef VV_CONFIG_VALUE_H
#define VV_CONFIG_VALUE_H

#include "config/schema.h"

/* Local. Sets the value of a leaf parameter from a node; what is wrong goes to `d`, with `path`, the
 * dotted path of the parameter, in front. Only lack of memory returns a failure. */
enum vv_status vv_value_parse(const struct vv_param *p, const struct vv_node *node,
                              const char *path, void *values, struct vv_diagnostics *d);

/* Local. Appends the value of a leaf as canonical YAML; "null" when it is absent. */
void vv_value_write(const struct vv_param *p, const void *values, struct vv_strbuf *out);

/* Local. Frees what a leaf owns. */
void vv_value_release(const struct vv_param *p, void *values);

/* Local. Appends a text as a YAML scalar, quoted where it could be read as something else. */
void vv_value_write_text(const char *text, struct vv_strbuf *out);

#endif
