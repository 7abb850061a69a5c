/* SPDX-License-Identifier: MIT */
/* Memory of a rank: a quarter of a byte for each of its samples and layer, and 48 bytes for each row of one layer on
 * its way. Only whole numbers are added up: the number of ranks does not show. */
#include "stages/depth/outcomes.h"

#include "base/mem.h"
#include "dist/agree.h"

enum vv_status vv_outcomes_init(struct vv_outcomes *o, int n_layers, int64_t n_samples)
{
    *o = (struct vv_outcomes){.n_layers = n_layers, .n_words = (n_samples + 63) / 64};
    o->tested = vv_mem_new(n_layers * o->n_words, sizeof *o->tested, "outcomes of a probe");
    o->right = vv_mem_new(n_layers * o->n_words, sizeof *o->right, "outcomes of a probe");
    return o->tested && o->right ? VV_OK : VV_MEMORY;
}

void vv_outcomes_release(struct vv_outcomes *o)
{
    vv_mem_free(o->tested);
    vv_mem_free(o->right);
    *o = (struct vv_outcomes){.n_layers = 0};
}

void vv_outcomes_set(struct vv_outcomes *o, int layer, int64_t sample, int outcome)
{
    const int64_t word = layer * o->n_words + sample / 64;
    const uint64_t bit = UINT64_C(1) << (sample % 64);
    if (outcome < 0) return;
    o->tested[word] |= bit;
    if (outcome > 0) o->right[word] |= bit;
}

static int ones(uint64_t word)
{
    return __builtin_popcountll(word);
}

void vv_outcomes_count(const struct vv_outcomes *o, int64_t *n_right, int64_t *n_tested, int64_t *n_common,
                       int64_t *n_only)
{
    for (int a = 0; a < o->n_layers; a++) {
        const uint64_t *const tested = o->tested + a * o->n_words, *const right = o->right + a * o->n_words;
        n_right[a] = n_tested[a] = 0;
        for (int64_t w = 0; w < o->n_words; w++) {
            n_right[a] += ones(right[w]);
            n_tested[a] += ones(tested[w]);
        }
        for (int b = 0; b < o->n_layers; b++) {
            const uint64_t *const other = o->tested + b * o->n_words, *const too = o->right + b * o->n_words;
            int64_t common = 0, only = 0;
            for (int64_t w = 0; w < o->n_words; w++) {
                common += ones(tested[w] & other[w]);
                only += ones(right[w] & other[w] & ~too[w]);
            }
            n_common[a * o->n_layers + b] = common;
            n_only[a * o->n_layers + b] = only;
        }
    }
}

/* This rank's rows of a layer on their way: sample numbers and outcomes as doubles, which hold both exactly, then
 * packed as 4 sample + outcome + 1. */
struct parcel {
    int64_t n, n_arrived;
    double *sample, *outcome; /* [n] */
    int64_t *send, *receive;  /* [n], [n_arrived] */
    int64_t *sending, *receiving; /* [size] */
};

static void release(struct parcel *p)
{
    vv_mem_free(p->sample);
    vv_mem_free(p->outcome);
    vv_mem_free(p->send);
    vv_mem_free(p->receive);
    vv_mem_free(p->sending);
    vv_mem_free(p->receiving);
}

static enum vv_status read_rows(const struct vv_samples *s, const char *column, int size, struct parcel *p)
{
    *p = (struct parcel){.n = vv_layout_local(&s->layout)};
    p->sample = vv_mem_new(p->n, sizeof *p->sample, "sample numbers");
    p->outcome = vv_mem_new(p->n, sizeof *p->outcome, "outcomes of a probe");
    p->send = vv_mem_new(p->n, sizeof *p->send, "outcomes of a probe");
    p->sending = vv_mem_new(size, sizeof *p->sending, "outcomes of a probe");
    p->receiving = vv_mem_new(size, sizeof *p->receiving, "outcomes of a probe");
    if (!p->sample || !p->outcome || !p->send || !p->sending || !p->receiving) return VV_MEMORY;
    VV_TRY(vv_samples_read(s, &s->layout, "sample", p->sample));
    return vv_samples_read(s, &s->layout, column, p->outcome);
}

/* Collective. Samples ascend within and over ranks, so rows are in the order of those who get them. */
static enum vv_status exchange(struct vv_comm *c, const struct vv_layout *samples, struct parcel *p)
{
    const int size = samples->size;
    for (int64_t i = 0; i < p->n; i++) {
        const int64_t sample = (int64_t)p->sample[i];
        p->send[i] = 4 * sample + (int64_t)p->outcome[i] + 1;
        p->sending[vv_layout_owner(samples, sample)]++;
    }
    int64_t *all = vv_mem_new((int64_t)size * size, sizeof *all, "outcomes of a probe");
    enum vv_status st = vv_agree(c, all ? VV_OK : VV_MEMORY);
    if (!st) vv_comm_allgather(c, p->sending, (size_t)size * sizeof *all, all);
    for (int r = 0; !st && r < size; r++) {
        p->receiving[r] = all[r * size + samples->rank];
        p->n_arrived += p->receiving[r];
    }
    vv_mem_free(all);
    VV_TRY(st);
    p->receive = vv_mem_new(p->n_arrived, sizeof *p->receive, "outcomes of a probe");
    VV_TRY(vv_agree(c, p->receive ? VV_OK : VV_MEMORY));
    vv_comm_exchange_rows(c, p->send, p->sending, p->receive, p->receiving, sizeof *p->send);
    return VV_OK;
}

/* Collective. */
static enum vv_status gather_layer(struct vv_comm *c, const struct vv_samples *s, const char *column, int layer,
                                   const struct vv_layout *samples, struct vv_outcomes *o)
{
    struct parcel p;
    enum vv_status st = vv_agree(c, read_rows(s, column, samples->size, &p));
    if (!st) st = exchange(c, samples, &p);
    for (int64_t i = 0; !st && i < p.n_arrived; i++)
        vv_outcomes_set(o, layer, p.receive[i] / 4 - vv_layout_first(samples), (int)(p.receive[i] % 4) - 1);
    release(&p);
    return st;
}

/* Collective. One more than the largest sample number of all layers. */
static enum vv_status count_samples(struct vv_comm *c, const struct vv_artifact *const *layers, int n_layers,
                                    int64_t *n_samples)
{
    int64_t most = 0;
    enum vv_status st = VV_OK;
    for (int l = 0; !st && l < n_layers; l++) {
        const struct vv_samples *const s = &layers[l]->samples;
        const int64_t n = vv_layout_local(&s->layout);
        double *sample = vv_mem_new(n, sizeof *sample, "sample numbers");
        st = sample ? vv_samples_read(s, &s->layout, "sample", sample) : VV_MEMORY;
        if (!st && n > 0 && (int64_t)sample[n - 1] >= most) most = (int64_t)sample[n - 1] + 1;
        vv_mem_free(sample);
    }
    st = vv_agree(c, st);
    vv_comm_max_i64(c, &most, 1);
    *n_samples = most;
    return st;
}

enum vv_status vv_outcomes_gather(struct vv_comm *c, const struct vv_artifact *const *layers, int n_layers,
                                  const char *column, struct vv_outcomes *o)
{
    int64_t n_samples;
    *o = (struct vv_outcomes){.n_layers = 0};
    VV_TRY(count_samples(c, layers, n_layers, &n_samples));
    const struct vv_layout samples = vv_comm_layout(c, n_samples);
    enum vv_status st = vv_agree(c, vv_outcomes_init(o, n_layers, vv_layout_local(&samples)));
    for (int l = 0; !st && l < n_layers; l++) st = gather_layer(c, &layers[l]->samples, column, l, &samples, o);
    if (st) vv_outcomes_release(o);
    return st;
}
