/* SPDX-License-Identifier: MIT */
/* The literature: every reference a stage names stands in references.def, and nothing else does. */
#include "run/cite.h"
#include "vv_test.h"

enum { MOST = 200 };

static void every_reference_of_a_stage_is_known_and_none_is_left_over(void **state)
{
    const struct vv_reference *met[MOST];
    int n = 0;
    (void)state;
    for (int s = 0; s < VV_N_STAGES; s++) {
        const char *rest = vv_registry[s]->cite;
        while (rest && *rest) {
            const char *const from = rest;
            const struct vv_reference *const r = vv_cite_next(rest, &rest);
            if (!r) fail_msg("stage %s cites '%.*s': not in pipeline/run/references.def", vv_registry[s]->name,
                             (int)(rest - from), from);
            bool known = false;
            for (int i = 0; i < n; i++) known = known || met[i] == r;
            if (!known && n < MOST) met[n++] = r;
        }
    }
    int listed = 0;
#define VV_REFERENCE(key, brief, type, authors, title, venue, volume, pages, year, link) listed++;
#include "run/references.def"
#undef VV_REFERENCE
    assert_int_equal(n, listed);
}

static void a_name_is_matched_whole(void **state)
{
    const char *rest;
    const struct vv_reference *const r = vv_cite_next("Facco et al., Sci. Rep. 7:12140 (2017); Somebody (1900)", &rest);
    (void)state;
    assert_non_null(r);
    assert_string_equal(r->key, "facco2017");
    assert_string_equal(rest, "; Somebody (1900)");
    assert_null(vv_cite_next(rest, &rest));
    assert_string_equal(rest, "");
    assert_null(vv_cite_next("Facco et al., Sci. Rep. 7:12140", &rest));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reference_of_a_stage_is_known_and_none_is_left_over),
        cmocka_unit_test(a_name_is_matched_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
