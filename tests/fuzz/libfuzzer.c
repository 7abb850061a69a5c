/* SPDX-License-Identifier: MIT */
/* The way in for libFuzzer: make fuzz builds one program for each target. */
#include "targets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    FUZZ_TARGET(data, n);
    return 0;
}
