/* SPDX-License-Identifier: MIT */
/* Text: strict numbers, human sizes and times, suggestions, natural order. Parsers return false and
 * leave the result untouched unless the whole text is a valid value. */
#ifndef VV_BASE_TEXT_H
#define VV_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Local. "42", "-3", and "1e5" or "2.5e3" where the value is whole; no surrounding blanks. */
bool vv_text_to_int(const char *text, int64_t *value);

/* Local. A finite decimal number; no hexadecimal, no "inf", no "nan". */
bool vv_text_to_float(const char *text, double *value);

/* Local. Bytes: "4096", "8 GiB", "500MB", "1.5 TiB" (B, kB, MB, GB, TB, KiB, MiB, GiB, TiB). */
bool vv_text_to_size(const char *text, int64_t *bytes);

/* Local. Seconds: "90", "90 s", "15 min", "2 h", "1 d", "1:30:00". */
bool vv_text_to_time(const char *text, double *seconds);

/* Local. Bytes for people: "512 B", "3.2 MiB". */
void vv_text_from_size(double bytes, char *text, size_t size);

/* Local. The shortest decimal that reads back as the same double (finite). text: at least 32 bytes. */
void vv_text_from_float(double value, char *text, size_t size);

/* Local. Characters of a text in UTF-8: how many places it takes on a terminal, as a rule. */
int vv_text_characters(const char *text);

/* Local. Number of single-character edits (insert, delete, replace, swap neighbours). */
int vv_text_distance(const char *a, const char *b);

/* Local. The candidate closest to `word`, or NULL when none is close enough to be meant. */
const char *vv_text_suggest(const char *word, const char *const *candidates, int n);

/* Local. Order in which people count: "layer_2" before "layer_10". strcmp's convention. */
int vv_text_natural_compare(const char *a, const char *b);

#endif
