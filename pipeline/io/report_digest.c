/* SPDX-License-Identifier: MIT */
#include "io/report_digest.h"

#include <string.h>

#include "base/hash.h"
#include "base/strbuf.h"

static void put_text(const char *text, struct vv_strbuf *out)
{
    if (text) vv_strbuf_puts(out, text);
    vv_strbuf_add(out, "", 1);
}

static struct vv_digest of_column(const struct vv_column *c, struct vv_strbuf *bytes)
{
    const int64_t n = vv_column_length(c);
    vv_strbuf_reset(bytes);
    put_text(c->name, bytes);
    put_text(c->long_name, bytes);
    put_text(c->units, bytes);
    put_text(c->description, bytes);
    vv_strbuf_addf(bytes, "%d", (int)c->type);
    for (int d = 0; d < c->n_dims; d++) {
        vv_strbuf_addf(bytes, " %lld ", (long long)c->dims[d].length);
        put_text(c->dims[d].name, bytes);
    }
    if (c->type == VV_F64) vv_strbuf_add(bytes, c->f64, (size_t)n * sizeof *c->f64);
    if (c->type == VV_I64) vv_strbuf_add(bytes, c->i64, (size_t)n * sizeof *c->i64);
    for (int64_t i = 0; c->type == VV_TEXT && i < n; i++) put_text(c->text[i], bytes);
    return vv_hash_bytes(bytes->text, bytes->length);
}

enum vv_status vv_report_digest(const struct vv_table *all, char digest[VV_REPORT_DIGEST_BYTES])
{
    struct vv_digest sum = {0, 0};
    struct vv_strbuf bytes;
    vv_strbuf_init(&bytes);
    for (int i = 0; i < all->n_columns; i++) sum = vv_hash_join(sum, of_column(all->columns[i], &bytes));
    vv_digest_text(sum, digest);
    const bool failed = bytes.failed;
    vv_strbuf_release(&bytes);
    return failed ? VV_MEMORY : VV_OK;
}
