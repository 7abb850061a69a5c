/* SPDX-License-Identifier: MIT */
/* The header of a safetensors file (huggingface.co/docs/safetensors): its length as 8 bytes, little-endian; JSON that
 * gives each tensor a type, a shape and a place; then the data, little-endian and in C order. */
#ifndef VV_IO_SAFETENSORS_H
#define VV_IO_SAFETENSORS_H

#include "io/json.h"
#include "io/reader.h"
#include "io/widen.h"

/* Local. Whether bytes begin like such a file. head: [n] */
bool vv_safetensors_claims(const unsigned char *head, size_t n);

/* Local. Lists the tensors; as `list` of a reader. */
enum vv_status vv_safetensors_list(const char *path, struct vv_array **arrays, int *n);

/* Local. The number type of a tensor that can be read. */
struct vv_number vv_safetensors_number(const struct vv_array *a);

/* Local. The error of a text in JSON that is not as it should be. what: such as "its header" */
enum vv_status vv_safetensors_broken(const char *path, const char *what, const struct vv_json *j);

#endif
