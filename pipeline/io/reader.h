/* SPDX-License-Identifier: MIT */
/* An input format is one reader: recognised by its first bytes (or its name, where a format has no mark of its own), it
 * lists the arrays of a file from headers alone and reads rows of one. All functions are Local and name the file in
 * their errors. */
#ifndef VV_IO_READER_H
#define VV_IO_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "data/matrix.h"

enum { VV_ARRAY_MAX_DIMS = 8 };

/* An array in a file, as its header describes it. */
struct vv_array {
    char *name;                       /* dataset path; the file's stem where a file is one array */
    char *file;                       /* that holds it, where the file listed is an index; NULL: that file. Owned */
    char *refusal, *remedy;           /* why its values cannot be read, and a hint; NULL: they can. Owned */
    int n_dims;                       /* -1: not known, of one that is refused */
    int64_t length[VV_ARRAY_MAX_DIMS];
    int64_t n_rows, n_cols;           /* first dimension, product of the others */
    char stored[16];                  /* type as stored: "float16", "uint8", "text" */
    bool is_text;
    enum vv_real held;                /* type that holds it: float32 for up to 16 bits and float32 */
    int64_t offset;                   /* where the data begin in the (unpacked) file */
    int64_t stored_bytes;             /* that they take from there on, one row after the other; 0: the
                                       * rest of the file; -1: scattered, or not known */
    int code;                         /* reader's own: type code */
};

struct vv_reader {
    const char *name; /* of the format */
    bool many;        /* a file can hold several arrays, told apart by their names */

    /* Whether a file that begins with these bytes is of this format. head: [n], n > 0 */
    bool (*claims)(const char *path, const unsigned char *head, size_t n);

    /* Lists the arrays; *arrays: [*n], to be freed with vv_arrays_release. */
    enum vv_status (*list)(const char *path, struct vv_array **arrays, int *n);

    /* Opens one array; reads rows as `type`; closes. path: vv_array_file. out: [n_rows][n_cols] */
    enum vv_status (*open)(const char *path, const struct vv_array *a, void **handle);
    enum vv_status (*read)(void *handle, int64_t row, int64_t n_rows, enum vv_real type, void *out);
    void (*close)(void *handle);

    /* Reads all texts of a text array; texts: [n_rows], each from vv_mem_string. NULL: the format
     * has none. */
    enum vv_status (*read_texts)(const char *path, const struct vv_array *a, char **texts);
};

/* Local. The reader of a file, found by its first bytes; *reader is NULL for anything else (text).
 * VV_INPUT when the file is missing, a directory, empty or unreadable. */
enum vv_status vv_reader_find(const char *path, const struct vv_reader **reader);

/* Local. The list of a file that is one array, named after the file; the rest of the header is to be
 * filled in. */
enum vv_status vv_arrays_single(const char *path, struct vv_array **arrays, int *n);

/* Local. Room for one more array, zeroed. NULL with VV_MEMORY recorded. */
struct vv_array *vv_arrays_add(struct vv_array **arrays, int *n);

void vv_arrays_release(struct vv_array **arrays, int n);
void vv_array_release(struct vv_array *a); /* one, in place */

/* Local. Names that a file gives its arrays become names of layers, and of files: VV_INPUT for one that is empty, that
 * occurs twice, or that has a component which is empty, "." or "..". */
enum vv_status vv_arrays_check_names(const struct vv_array *arrays, int n, const char *path);

/* Local. The file that holds an array of the listed file `path`. */
const char *vv_array_file(const struct vv_array *a, const char *path);

/* Local. An array that cannot be read must not keep its neighbors from being read: takes a recorded VV_INPUT as the
 * array's refusal and returns VV_OK; any other status is returned as it is. / The refusal as an error; VV_OK: none. */
enum vv_status vv_array_refuse(struct vv_array *a, enum vv_status st);
enum vv_status vv_array_usable(const struct vv_array *a);

/* Local. Fills n_rows and n_cols from the lengths; VV_INPUT when a length is negative, or the size of
 * the array overflows. */
enum vv_status vv_array_shape(struct vv_array *a, const char *path);

/* Local. Name of a file without folder and ending(s), such as "layer_3" for "a/layer_3.npy.gz". */
char *vv_reader_stem(const char *path);

#endif
