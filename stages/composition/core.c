/* SPDX-License-Identifier: MIT */
/* Label overlap (Doimo, Glielmo, Ansuini, Laio, NeurIPS 2020): mean over samples of the share of the k neighbors
 * that have the sample's label; weighted: mean over classes of the class means, so that a rare class counts like
 * a frequent one. Cost: k_most steps a sample, whatever the number of ks. */
#include "stages/composition/core.h"

#include <math.h>

void vv_label_count(int32_t cls, const int32_t *classes, const int32_t *neighbors, int k_most,
                    const int64_t *ks, int n_ks, int64_t *counts)
{
    for (int i = 0; i < n_ks; i++) counts[i] = 0;
    for (int j = 0, at = 0; j < k_most; j++) {
        while (at < n_ks && j + 1 > ks[at]) at++;
        if (at < n_ks && classes[neighbors[j]] == cls) counts[at]++;
    }
    for (int i = 1; i < n_ks; i++) counts[i] += counts[i - 1];
}

struct vv_label_overlap vv_label_overlap_of(const struct vv_tally *classes, int n_classes,
                                            int64_t k, int64_t n_rows)
{
    struct vv_tally all = {0};
    double means = 0.0, errors = 0.0, shares = 0.0, labelled_shares = 0.0;
    int n_met = 0;
    for (int c = 0; c < n_classes; c++) {
        const struct vv_tally *t = &classes[c];
        if (t->n == 0) continue;
        n_met++;
        all.n += t->n;
        all.sum += t->sum;
        all.squares += t->squares;
        means += vv_tally_mean(t, k);
        errors += t->n > 1 ? vv_tally_variance(t, k) : 0.0; /* one row: no spread to see */
        shares += (double)(t->n - 1);
        labelled_shares += (double)t->n * (double)(t->n - 1);
    }
    const double others = (double)(n_rows - 1), n = (double)all.n;
    const int none = n_met == 0 || n_rows < 2;
    return (struct vv_label_overlap){
        .plain = vv_tally_mean(&all, k),
        .plain_error = vv_tally_error(&all, k),
        .weighted = none ? NAN : means / n_met,
        .weighted_error = none ? NAN : sqrt(errors) / n_met,
        .plain_chance = none ? NAN : labelled_shares / (n * others),
        .weighted_chance = none ? NAN : shares / (n_met * others),
    };
}
