/* SPDX-License-Identifier: MIT */
#include "io/source.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/mem.h"
#include "dist/agree.h"
#include "io/source_state.h"

/* The generator's layers: "layer_00" .. */
static enum vv_status open_synthetic(struct vv_source *s)
{
    const struct vv_synthetic_config *c = &s->config->synthetic;
    VV_TRY(vv_synthetic_create(c, &s->synthetic));
    const int n = (int)c->depth + 1;
    if (!(s->layers = vv_mem_new(n, sizeof *s->layers, "layers"))) return VV_MEMORY;
    for (int l = 0; l < n; l++) {
        char name[32];
        snprintf(name, sizeof name, "layer_%02d", l);
        s->n_layers = l + 1;
        s->layers[l].shape = (struct vv_layer_shape){.name = vv_mem_string(name),
                                                     .n = c->n_samples,
                                                     .n_cols = c->width,
                                                     .type = VV_FLOAT32,
                                                     .stored = "float32"};
        s->layers[l].path = vv_mem_string("synthetic");
        if (!s->layers[l].shape.name || !s->layers[l].path) return VV_MEMORY;
    }
    return VV_OK;
}

enum vv_status vv_source_open(struct vv_comm *c, const struct vv_input_config *config,
                              struct vv_source **source)
{
    struct vv_source *s = *source = vv_mem_new(1, sizeof *s, "source");
    enum vv_status st = s ? VV_OK : VV_MEMORY;
    if (!st) {
        *s = (struct vv_source){.config = config, .open_layer = -1};
        s->where = &config->layers;
        st = config->synthetic.present   ? open_synthetic(s)
             : config->neighbors.present ? vv_tables_find(s)
                                         : vv_source_find(s);
    }
    st = vv_agree(c, st);
    if (st) vv_source_close(source);
    return st;
}

static void close_array(struct vv_source *s)
{
    if (s->handle) s->layers[s->open_layer].reader->close(s->handle);
    s->handle = NULL;
    s->open_layer = -1;
}

void vv_source_close(struct vv_source **source)
{
    struct vv_source *s = *source;
    if (!s) return;
    close_array(s);
    vv_tables_release(s);
    for (int l = 0; l < s->n_layers; l++) vv_source_layer_release(&s->layers[l]);
    vv_mem_free(s->layers);
    vv_synthetic_destroy(&s->synthetic);
    vv_mem_free(s);
    *source = NULL;
}

int vv_source_n_layers(const struct vv_source *s)
{
    return s->n_layers;
}

const struct vv_layer_shape *vv_source_layer(const struct vv_source *s, int layer)
{
    return &s->layers[layer].shape;
}

const char *vv_source_path(const struct vv_source *s, int layer)
{
    return s->layers[layer].path;
}

void vv_source_identify(const struct vv_source *s, int layer, struct vv_strbuf *out)
{
    const struct vv_source_layer *const it = &s->layers[layer];
    struct stat info;
    vv_strbuf_addf(out, "%lld %lld %d\n", (long long)it->shape.n, (long long)it->shape.n_cols,
                   (int)it->shape.type);
    if (s->synthetic) {
        vv_strbuf_addf(out, "synthetic %d\n", layer);
        vv_schema_write_key(vv_synthetic_params, &s->config->synthetic, true, out);
        return;
    }
    char *const whole = realpath(it->path, NULL);
    vv_strbuf_addf(out, "%s\n%s\n", whole ? whole : it->path, it->array.name ? it->array.name : "");
    if (stat(it->path, &info) == 0)
        vv_strbuf_addf(out, "%lld %lld.%09ld\n", (long long)info.st_size, (long long)info.st_mtim.tv_sec,
                       info.st_mtim.tv_nsec);
    free(whole);
    if (s->tables) vv_tables_identify(s, layer, out);
}

enum vv_status vv_source_read(struct vv_source *s, int layer, int64_t row, int64_t n_rows,
                              void *out)
{
    if (vv_fault("read"))
        return vv_fail(VV_INPUT, "cannot read '%s': input/output error", s->layers[layer].path);
    if (s->synthetic) return vv_synthetic_rows(s->synthetic, layer, row, n_rows, out);
    const struct vv_source_layer *it = &s->layers[layer];
    if (s->open_layer != layer) {
        close_array(s);
        s->open_layer = layer;
        VV_TRY(it->reader->open(it->path, &it->array, &s->handle));
    }
    return it->reader->read(s->handle, row, n_rows, it->shape.type, out);
}

void vv_source_prefetch(const struct vv_source *s, int layer, int64_t row, int64_t n_rows)
{
    if (s->synthetic || layer >= s->n_layers || n_rows < 1) return;
    const struct vv_array *const a = &s->layers[layer].array;
    struct stat info;
    const int file = a->stored_bytes < 0 ? -1 : open(s->layers[layer].path, O_RDONLY);
    if (file < 0) return;
    if (fstat(file, &info) == 0 && a->n_rows > 0) {
        /* For a packed file the share is that of its bytes, near enough. */
        const double bytes = a->stored_bytes > 0 ? (double)a->stored_bytes
                                                 : (double)(info.st_size - a->offset);
        const double per_row = bytes / (double)a->n_rows;
        posix_fadvise(file, a->offset + (off_t)(per_row * (double)row), (off_t)(per_row * (double)n_rows) + 1,
                      POSIX_FADV_WILLNEED);
    }
    close(file);
}
