/* SPDX-License-Identifier: MIT */
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/error.h"

enum { ALIGNMENT = 64 };

/* Sits in the 64 bytes before each block. */
struct header {
    size_t bytes;
};

static size_t in_use, peak;

static void *block_new(size_t bytes)
{
    const size_t total = (bytes + 2 * ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    char *base = total < bytes ? NULL : aligned_alloc(ALIGNMENT, total);
    if (!base) return NULL;
    ((struct header *)(void *)base)->bytes = bytes;
    in_use += bytes;
    if (in_use > peak) peak = in_use;
    return base + ALIGNMENT;
}

static struct header *block_header(void *block)
{
    return (struct header *)(void *)((char *)block - ALIGNMENT);
}

static void *allocate(int64_t count, size_t size, const char *what)
{
    size_t bytes = 0;
    if (count < 0 || __builtin_mul_overflow((size_t)count, size, &bytes)) {
        vv_fail(VV_MEMORY, "%s: a size of %lld x %zu bytes is impossible", what, (long long)count,
                size);
        return NULL;
    }
    void *block = block_new(bytes);
    if (!block) vv_fail(VV_MEMORY, "no memory for %s (%.1f MiB)", what, (double)bytes / 1048576.0);
    return block;
}

void *vv_mem_new(int64_t count, size_t size, const char *what)
{
    void *block = allocate(count, size, what);
    if (block) memset(block, 0, block_header(block)->bytes);
    return block;
}

void *vv_mem_resize(void *block, int64_t count, size_t size, const char *what)
{
    void *grown = allocate(count, size, what);
    if (!grown) return NULL;
    const size_t bytes = block_header(grown)->bytes;
    size_t kept = block ? block_header(block)->bytes : 0;
    if (kept > bytes) kept = bytes;
    if (kept > 0) memcpy(grown, block, kept);
    memset((char *)grown + kept, 0, bytes - kept);
    vv_mem_free(block);
    return grown;
}

char *vv_mem_string(const char *text)
{
    const size_t length = strlen(text) + 1;
    char *copy = vv_mem_new((int64_t)length, 1, "a string");
    if (copy) memcpy(copy, text, length);
    return copy;
}

void vv_mem_free(void *block)
{
    if (!block) return;
    in_use -= block_header(block)->bytes;
    free(block_header(block));
}

size_t vv_mem_in_use(void)
{
    return in_use;
}

size_t vv_mem_peak(void)
{
    return peak;
}

size_t vv_mem_peak_resident(void)
{
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
    return (size_t)usage.ru_maxrss * 1024u;
}
