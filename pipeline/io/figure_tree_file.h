/* SPDX-License-Identifier: MIT */
/* Trees of clusters from the file of a VV_SAMPLES product (data/samples.h). A group G of the file holds a tree when it
 * has G/leaves/cluster (the clusters that are leaves), G/peaks/{log_density,population} (of all clusters) and
 * G/<linkage>/merges/{left,right,log_density}; G/composition/<set>/{cluster,class,count} and /class_names/<set> tell
 * which classes of a label set are in them. stages/peaks writes such files. */
#ifndef VV_IO_FIGURE_TREE_FILE_H
#define VV_IO_FIGURE_TREE_FILE_H

#include "io/figure.h"

/* Local. Calls each() for every tree of a file and every label set (or once, with label_set NULL in it): its head is
 * still empty, and the figure is released afterwards. group: such as "z_1.65". VV_INPUT when it cannot be read. */
typedef enum vv_status (*vv_tree_fn)(void *whom, const char *group, struct vv_tree_figure *t);
enum vv_status vv_tree_file_read(const char *path, const char *linkage, vv_tree_fn each, void *whom);

#endif
