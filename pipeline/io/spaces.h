/* SPDX-License-Identifier: MIT */
/* Spaces: representations of the same samples that are to be compared with each other, such as the layers of the
 * run and those of another network. Two spaces can be compared on the samples that both hold (duplicates are
 * dropped layer by layer); rows of a space are read again from its input when they are needed, so that one or two
 * layers are in memory at a time. Pairs of spaces that hold the same samples in common form a group. */
#ifndef VV_IO_SPACES_H
#define VV_IO_SPACES_H

#include <stdbool.h>
#include <stdint.h>

#include "data/matrix.h"
#include "data/neighbors.h"
#include "dist/comm.h"
#include "io/source.h"

struct vv_space {
    struct vv_source *source;
    int layer;                        /* of the source */
    const struct vv_neighbors *table; /* of its rows, which says what samples they are; NULL: of all samples */
};

/* Local. Samples a space holds: their number, and the list (ascending; NULL: 0, 1, ...). */
int64_t vv_space_rows(const struct vv_space *s);
const int64_t *vv_space_samples(const struct vv_space *s);

/* Collective. Reads the rows of the given samples (ascending), which the space holds; `sample` of the matrix is a
 * copy of them. In a file of `scratch` unless that is NULL. *m: as for vv_rows_read. */
enum vv_status vv_space_read(struct vv_comm *c, const struct vv_space *s, const int64_t *samples, int64_t n,
                             const char *scratch, struct vv_matrix *m);

/* Local. Names file and layer in front of the error that working on the rows ended with, if it is about them;
 * gives back the status. */
enum vv_status vv_space_blame(const struct vv_space *s, enum vv_status st);

struct vv_groups {
    int n_spaces, n;   /* spaces, groups */
    int *of;           /* [n_spaces][n_spaces] group of a pair; -1: not wanted. Symmetric */
};

/* Local. Groups the wanted pairs; wanted: [n][n], either order counts. To be released in any case. */
enum vv_status vv_groups_init(struct vv_groups *g, const struct vv_space *spaces, int n, const bool *wanted);
void vv_groups_release(struct vv_groups *g);

/* Local. The samples that the pairs of a group have in common, ascending; a new block. */
enum vv_status vv_groups_samples(const struct vv_groups *g, const struct vv_space *spaces, int group,
                                 int64_t **samples, int64_t *n);

/* Local. Whether a space is in some pair of the group. */
bool vv_groups_has(const struct vv_groups *g, int group, int space);

#endif
