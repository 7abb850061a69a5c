/* SPDX-License-Identifier: MIT */
/* What is fuzzed: each target gives some bytes to a parser that reads files of users, or of the cache. Whatever
 * the bytes, it must come back, with nothing leaked and no memory touched that is not ours. */
#ifndef VV_FUZZ_TARGETS_H
#define VV_FUZZ_TARGETS_H

#include <stddef.h>
#include <stdint.h>

/* The text of a configuration, perhaps with a sweep, then lines "#= a.b=value" that are overrides and "#! a.b=1,2" that
 * are values to sweep. */
void fuzz_config(const uint8_t *data, size_t n);

/* The first byte tells what a file is taken for (layers, labels, CSV with a column); the rest is the file: npy,
 * IDX, CSV, text, also packed. HDF5 is left out: its own library does not survive such files. */
void fuzz_input(const uint8_t *data, size_t n);

/* A table of the cache, its checksum made right. */
void fuzz_table(const uint8_t *data, size_t n);

/* A file of several arrays; the first byte tells its name: .npz, CIFAR's .bin, an index of safetensors (a file beside
 * it is there), .safetensors. Every array of it is read. */
void fuzz_many(const uint8_t *data, size_t n);

/* A text in JSON. */
void fuzz_json(const uint8_t *data, size_t n);

/* A row of a stored neighbor table: 4 bytes of rules, then distance (8) and index (2) of each column. */
void fuzz_stored(const uint8_t *data, size_t n);

/* Before the program ends. */
void fuzz_end(void);
void fuzz_formats_end(void);

/* Aborts when more of our memory is in use than before; forgets the last error. */
void fuzz_nothing_leaked(size_t before, const char *what);

#endif
