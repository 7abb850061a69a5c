/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* anonymous mappings, huge pages */
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fault.h"

enum { ALIGNMENT = 64 };

/* From this size on, blocks come from the system as they are: zero already, and in huge pages where it has
 * them. Not where the address sanitizer should watch over their ends. */
#ifdef __SANITIZE_ADDRESS__
static const size_t MAPPED = SIZE_MAX;
#else
static const size_t MAPPED = (size_t)1 << 20;
#endif

/* Sits in the 64 bytes before each block. */
struct header {
    size_t bytes;
    size_t mapped; /* bytes of the mapping, which may be larger; 0: none */
    bool in_file;
};

static size_t in_use, peak;

static size_t with_header(size_t bytes)
{
    return (bytes + 2 * ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Freed blocks that are kept for the next of about their size, since fresh memory costs many times what
 * clearing costs: layer after layer needs the same. They are given back before new blocks would make more
 * than the peak so far, or where the system refuses a block. */
enum { MOST_SPARE = 16 };
static struct spare {
    void *base;
    size_t bytes;
} spare[MOST_SPARE];
static size_t in_spare;

static void give_back(struct spare *s)
{
    if (s->base) munmap(s->base, s->bytes);
    in_spare -= s->bytes;
    *s = (struct spare){.base = NULL};
}

static void keep(void *base, size_t bytes)
{
    int at = 0;
    for (int i = 0; i < MOST_SPARE; i++) /* an empty place, or that of the smallest */
        if (spare[i].bytes < spare[at].bytes) at = i;
    give_back(&spare[at]);
    spare[at] = (struct spare){base, bytes};
    in_spare += bytes;
}

/* A spare block of `bytes` bytes or up to an eighth more, as it is; NULL if there is none. */
static void *reuse(size_t *bytes)
{
    for (int i = 0; i < MOST_SPARE; i++) {
        const struct spare s = spare[i];
        if (s.bytes < *bytes || s.bytes - s.bytes / 8 > *bytes) continue;
        spare[i] = (struct spare){.base = NULL};
        in_spare -= s.bytes;
        *bytes = s.bytes;
        return s.base;
    }
    return NULL;
}

/* Gives spare blocks back until `bytes` more do not make more than the peak so far. */
static void make_room(size_t bytes)
{
    for (int i = 0; i < MOST_SPARE && in_spare > 0; i++)
        if (in_use + in_spare + bytes > peak) give_back(&spare[i]);
}

static void *map(size_t bytes)
{
    void *const base =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED) return NULL;
    madvise(base, bytes, MADV_HUGEPAGE); /* a wish */
    return base;
}

static void *block_new(size_t bytes, bool zeroed)
{
    size_t total = with_header(bytes);
    if (total < bytes) return NULL;
    const bool large = total >= MAPPED;
    char *base = large ? reuse(&total) : NULL;
    bool clear = zeroed;
    for (int tries = 0; !base && tries < 2; tries++) { /* the second time without spare blocks */
        make_room(tries == 0 ? total : SIZE_MAX / 4);
        clear = zeroed && !large;
        base = large ? map(total) : aligned_alloc(ALIGNMENT, total);
    }
    if (!base) return NULL;
    if (clear) memset(base, 0, total);
    *(struct header *)(void *)base =
        (struct header){.bytes = bytes, .mapped = large ? total : 0};
    in_use += bytes;
    if (in_use > peak) peak = in_use;
    return base + ALIGNMENT;
}

static struct header *block_header(void *block)
{
    return (struct header *)(void *)((char *)block - ALIGNMENT);
}

/* Bytes of count elements; false, with VV_MEMORY recorded, where there is no such number. */
static bool size_of(int64_t count, size_t size, const char *what, size_t *bytes)
{
    if (count >= 0 && !__builtin_mul_overflow((size_t)count, size, bytes)) return true;
    vv_fail(VV_MEMORY, "%s: a size of %lld x %zu bytes is impossible", what, (long long)count, size);
    return false;
}

static void *allocate(int64_t count, size_t size, const char *what, bool zeroed)
{
    size_t bytes = 0;
    if (!size_of(count, size, what, &bytes)) return NULL;
    void *block = vv_fault("memory") ? NULL : block_new(bytes, zeroed);
    if (!block) vv_fail(VV_MEMORY, "no memory for %s (%.1f MiB)", what, (double)bytes / 1048576.0);
    return block;
}

void *vv_mem_new(int64_t count, size_t size, const char *what)
{
    return allocate(count, size, what, true);
}

void *vv_mem_new_raw(int64_t count, size_t size, const char *what)
{
    return allocate(count, size, what, false);
}

void *vv_mem_resize(void *block, int64_t count, size_t size, const char *what)
{
    void *grown = allocate(count, size, what, true);
    if (!grown) return NULL;
    const size_t bytes = block_header(grown)->bytes;
    size_t kept = block ? block_header(block)->bytes : 0;
    if (kept > bytes) kept = bytes;
    if (kept > 0) memcpy(grown, block, kept);
    vv_mem_free(block);
    return grown;
}

/* Maps a file of `total` bytes that has no name any more. */
static void *map_file(const char *folder, size_t total)
{
    char path[4096];
    void *base = MAP_FAILED;
    const int n = snprintf(path, sizeof path, "%s/.varve-scratch-XXXXXX", folder);
    const int file = n < (int)sizeof path ? mkstemp(path) : -1;
    if (file < 0) return NULL;
    unlink(path);
    int error;
    do error = posix_fallocate(file, 0, (off_t)total);
    while (error == EINTR);
    if (error == 0)
        base = mmap(NULL, total, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    else
        errno = error;
    const int kept = errno;
    close(file);
    errno = kept;
    return base == MAP_FAILED ? NULL : base;
}

void *vv_mem_new_in(const char *folder, int64_t count, size_t size, const char *what)
{
    size_t bytes;
    if (!folder) return vv_mem_new_raw(count, size, what);
    if (!size_of(count, size, what, &bytes)) return NULL;
    char *const base = vv_fault("disk-full") ? NULL : map_file(folder, with_header(bytes));
    if (!base) {
        vv_fail(VV_OUTPUT, "'%s': no room for %s (%.1f MiB): %s", folder, what,
                (double)bytes / 1048576.0, strerror(errno));
        vv_error_hint("resources.scratch names another folder");
        return NULL;
    }
    *(struct header *)(void *)base =
        (struct header){.bytes = bytes, .mapped = with_header(bytes), .in_file = true};
    return base + ALIGNMENT;
}

void vv_mem_cool(const void *block, const void *from, size_t bytes)
{
    const struct header *const base = (const void *)((const char *)block - ALIGNMENT);
    if (!base->in_file) return;
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    const uintptr_t begin = ((uintptr_t)from + page - 1) / page * page;
    const uintptr_t end = ((uintptr_t)from + bytes) / page * page;
    if (end > begin) madvise((void *)begin, end - begin, MADV_DONTNEED);
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
    struct header *const base = block_header(block);
    if (base->in_file) {
        munmap(base, base->mapped);
        return;
    }
    in_use -= base->bytes;
    if (base->mapped) keep(base, base->mapped);
    else free(base);
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
