/* SPDX-License-Identifier: MIT */
/* One YAML document as a tree, through libyaml; for config/ only. */
#ifndef VV_CONFIG_YAML_H
#define VV_CONFIG_YAML_H

#include "config/tree.h"

/* Local. Parses n bytes of text. `name` is the file for places. With `inside_override`, places carry
 * the name only. *root is NULL when the document is empty or unusable; problems go to `d`. */
enum vv_status vv_yaml_parse(const char *text, size_t n, const char *name, bool inside_override,
                             struct vv_diagnostics *d, struct vv_node **root);

#endif
