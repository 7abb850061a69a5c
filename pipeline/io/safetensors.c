/* SPDX-License-Identifier: MIT */
#include "io/safetensors.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include "base/mem.h"

enum { LENGTH_BYTES = 8, LONGEST_HEADER = 100 << 20 }; /* the latter as in the format's own library */

static const struct { const char *name; struct vv_number number; } types[] = {
    {"F64", {'f', 8, false}}, {"F32", {'f', 4, false}}, {"F16", {'f', 2, false}}, {"BF16", {'B', 2, false}},
    {"I64", {'i', 8, false}}, {"I32", {'i', 4, false}}, {"I16", {'i', 2, false}}, {"I8", {'i', 1, false}},
    {"U64", {'u', 8, false}}, {"U32", {'u', 4, false}}, {"U16", {'u', 2, false}}, {"U8", {'u', 1, false}},
    {"BOOL", {'b', 1, false}}};
enum { N_TYPES = sizeof types / sizeof *types };

/* What a tensor's object says. */
struct entry {
    char type[16];
    int n_dims; /* -1: not said */
    int64_t length[VV_ARRAY_MAX_DIMS];
    int64_t begin, end; /* of its data, counted from the end of the header; -1: not said */
};

static int64_t header_length(const unsigned char *head)
{
    uint64_t n = 0;
    for (int b = LENGTH_BYTES - 1; b >= 0; b--) n = n << 8 | head[b];
    return n > INT64_MAX ? -1 : (int64_t)n;
}

bool vv_safetensors_claims(const unsigned char *head, size_t n)
{
    if (n <= LENGTH_BYTES || head[LENGTH_BYTES] != '{') return false;
    const int64_t length = header_length(head);
    return length >= 2 && length <= UINT32_MAX;
}

struct vv_number vv_safetensors_number(const struct vv_array *a)
{
    return types[a->code].number;
}

enum vv_status vv_safetensors_broken(const char *path, const char *what, const struct vv_json *j)
{
    return vv_fail(VV_INPUT, "cannot read '%s': %s is damaged: %s (byte %zu)", path, what,
                   j->error ? j->error : "it says too little", j->at);
}

static void read_shape(struct vv_json *j, struct entry *e)
{
    bool first = true;
    e->n_dims = 0;
    if (!vv_json_enter(j, '[')) return;
    while (vv_json_next(j, &first, NULL)) {
        if (e->n_dims == VV_ARRAY_MAX_DIMS) {
            j->error = "a tensor has more than 8 dimensions";
            return;
        }
        if (!vv_json_whole(j, &e->length[e->n_dims++])) return;
    }
}

static void read_offsets(struct vv_json *j, struct entry *e)
{
    bool first = true;
    if (!vv_json_enter(j, '[') || !vv_json_next(j, &first, NULL) || !vv_json_whole(j, &e->begin) ||
        !vv_json_next(j, &first, NULL) || !vv_json_whole(j, &e->end) || vv_json_next(j, &first, NULL))
        if (!j->error) j->error = "data_offsets are not two numbers";
}

static void read_entry(struct vv_json *j, struct vv_strbuf *text, struct entry *e)
{
    bool first = true;
    *e = (struct entry){.n_dims = -1, .begin = -1, .end = -1};
    if (!vv_json_enter(j, '{')) return;
    while (vv_json_next(j, &first, text)) {
        if (strcmp(text->text, "shape") == 0) read_shape(j, e);
        else if (strcmp(text->text, "data_offsets") == 0) read_offsets(j, e);
        else if (strcmp(text->text, "dtype") != 0) vv_json_skip(j);
        else if (vv_json_string(j, text)) snprintf(e->type, sizeof e->type, "%s", text->text);
    }
    if (!j->error && (e->type[0] == '\0' || e->n_dims < 0 || e->begin < 0))
        j->error = "a tensor lacks its dtype, shape or data_offsets";
}

/* From what its object says to an array. n_data: bytes behind the header, from `data` on */
static enum vv_status set_array(const char *path, const struct entry *e, int64_t data, int64_t n_data,
                                struct vv_array *a)
{
    int64_t expected;
    a->n_dims = e->n_dims;
    memcpy(a->length, e->length, sizeof a->length);
    VV_TRY(vv_array_shape(a, path));
    if (e->end < e->begin || e->end > n_data)
        return vv_fail(VV_INPUT, "'%s' is cut short or damaged: '%.200s' should be in the bytes %lld to %lld of %lld "
                       "behind its header", path, a->name, (long long)e->begin, (long long)e->end, (long long)n_data);
    a->offset = data + e->begin;
    a->stored_bytes = e->end - e->begin;
    while (a->code < N_TYPES && strcmp(types[a->code].name, e->type) != 0) a->code++;
    if (a->code == N_TYPES) {
        snprintf(a->stored, sizeof a->stored, "%.15s", e->type);
        vv_fail(VV_INPUT, "'%.200s' of '%s' has numbers of type %s, which is not supported", a->name, path, e->type);
        return vv_array_refuse(a, vv_error_hint("save it as float32: x.to(torch.float32)"));
    }
    const struct vv_number number = types[a->code].number;
    if (__builtin_mul_overflow(a->n_rows * a->n_cols, number.bytes, &expected) || expected != a->stored_bytes)
        return vv_fail(VV_INPUT, "'%s' is damaged: '%.200s' has %lld bytes where its shape and type need %lld", path,
                       a->name, (long long)a->stored_bytes, (long long)expected);
    a->held = vv_number_held(number);
    vv_number_name(number, a->stored);
    return VV_OK;
}

static enum vv_status read_tensors(const char *path, struct vv_json *j, int64_t data, int64_t n_data,
                                   struct vv_array **arrays, int *n)
{
    struct vv_strbuf name, text;
    struct entry e;
    bool first = true;
    enum vv_status st = VV_OK;
    vv_strbuf_init(&name);
    vv_strbuf_init(&text);
    vv_json_enter(j, '{');
    while (!st && !j->error && vv_json_next(j, &first, &name)) {
        if (strcmp(name.text, "__metadata__") == 0) {
            vv_json_skip(j);
            continue;
        }
        read_entry(j, &text, &e);
        if (j->error) break;
        struct vv_array *const a = vv_arrays_add(arrays, n);
        st = a && (a->name = vv_mem_string(name.text)) ? set_array(path, &e, data, n_data, a) : VV_MEMORY;
    }
    if (!st && (j->error || !vv_json_end(j))) st = vv_safetensors_broken(path, "its header", j);
    vv_strbuf_release(&name);
    vv_strbuf_release(&text);
    return st;
}

static enum vv_status read_header(const char *path, FILE *file, struct vv_array **arrays, int *n)
{
    unsigned char head[LENGTH_BYTES];
    if (fread(head, 1, sizeof head, file) != sizeof head) return vv_fail(VV_INPUT, "'%s' is cut short", path);
    const int64_t length = header_length(head);
    fseeko(file, 0, SEEK_END);
    const int64_t n_data = (int64_t)ftello(file) - LENGTH_BYTES - length;
    if (length < 0 || length > LONGEST_HEADER)
        return vv_fail(VV_INPUT, "cannot read '%s': its header is absurdly long", path);
    if (n_data < 0) return vv_fail(VV_INPUT, "'%s' is cut short: it ends within its header", path);
    char *const text = vv_mem_new(length, 1, "a safetensors header");
    if (!text) return VV_MEMORY;
    fseeko(file, LENGTH_BYTES, SEEK_SET);
    struct vv_json j = {.text = text, .n = (size_t)length};
    const enum vv_status st = fread(text, 1, (size_t)length, file) == (size_t)length
                                  ? read_tensors(path, &j, LENGTH_BYTES + length, n_data, arrays, n)
                                  : vv_fail(VV_INPUT, "'%s' is cut short: it ends within its header", path);
    vv_mem_free(text);
    return st;
}

enum vv_status vv_safetensors_list(const char *path, struct vv_array **arrays, int *n)
{
    *arrays = NULL;
    *n = 0;
    FILE *const file = fopen(path, "rb");
    if (!file) return vv_fail(VV_INPUT, "cannot open '%s': %s", path, strerror(errno));
    enum vv_status st = read_header(path, file, arrays, n);
    fclose(file);
    if (!st) st = vv_arrays_check_names(*arrays, *n, path);
    if (st) vv_arrays_release(arrays, *n);
    return st;
}
