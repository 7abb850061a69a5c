/* SPDX-License-Identifier: MIT */
/* The words of the verdict. */
#include <math.h>

#include "stages/depth/say.h"
#include "vv_test.h"

static void layers_are_listed_in_runs(void **state)
{
    static const struct { int64_t mark[8]; const char *text; } cases[] = {
        {{0, 0, 1, 0, 0, 0, 0, 0}, "layer 2"},
        {{0, 0, 1, 1, 0, 0, 0, 0}, "layers 2 and 3"},
        {{0, 0, 1, 1, 1, 0, 0, 0}, "layers 2 to 4"},
        {{1, 0, 1, 0, 0, 1, 1, 1}, "layers 0, 2 and 5 to 7"},
        {{1, 1, 0, 1, 0, -1, 0, 0}, "layers 0, 1 and 3"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct vv_strbuf out;
        vv_strbuf_init(&out);
        vv_say_layers(&out, cases[i].mark, 0, 8);
        assert_string_equal(out.text, cases[i].text);
        vv_strbuf_release(&out);
    }
}

/* What a label set says where the minimum rule suggests a layer of a series of four, the first being layer 2 of the
 * run; -1: none. */
static void check(int suggested, const int64_t *in_set, int best, const char *verdict, const char *freeze)
{
    static const double share[] = {NAN, NAN, 0.5, 0.931, 0.928, 0.902}, error[] = {NAN, NAN, 0.1, 0.004, 0.004, 0.005};
    const struct vv_profile value = {6, share, error};
    const struct vv_label_view view = {"topic", "probe", &value, in_set, best, 0.25};
    int first[] = {2, 6};
    struct vv_depth_verdict judged = {.suggested = suggested};
    struct vv_strbuf text[VV_N_SAYINGS];
    struct vv_depth it = {.series = {.n = 1, .first = first}, .judged = &judged};
    for (int t = 0; t < VV_N_SAYINGS; t++) {
        vv_strbuf_init(&text[t]);
        it.text[t] = &text[t];
    }
    vv_say_label(&it, 0, &view);
    assert_string_equal(text[VV_SAY_VERDICT].text, verdict);
    assert_string_equal(text[VV_SAY_FREEZE].text, freeze);
    for (int t = 0; t < VV_N_SAYINGS; t++) vv_strbuf_release(&text[t]);
}

static void agreement_is_stated(void **state)
{
    const int64_t two[] = {9, 9, 0, 1, 1, 0}, one[] = {9, 9, 0, 1, 0, 0}, all[] = {9, 9, 1, 1, 1, 1};
    const int64_t some[] = {9, 9, -1, 1, 0, 0}, last[] = {9, 9, 0, 0, 0, 1};
    (void)state;
    check(1, two, 3, " Label 'topic' (probe): layers 3 and 4 (best 3); labels confirm the ID rule: 93.1 +- 0.4 % "
          "against 90.2 % at the output; chance 25.0 %.", "");
    check(2, two, 3, " Label 'topic' (probe): layers 3 and 4 (best 3); labels confirm the ID rule: 92.8 +- 0.4 % at "
          "layer 4, 93.1 +- 0.4 % at layer 3 against 90.2 % at the output; chance 25.0 %.", "");
    check(2, one, 3, " Label 'topic' (probe): layer 3; labels do not confirm the ID rule: 92.8 +- 0.4 % at layer 4, "
          "93.1 +- 0.4 % at layer 3 against 90.2 % at the output; chance 25.0 %.",
          "layers 2 to 3 (2 of 4) by label 'topic'");
    check(0, some, 3, " Label 'topic' (probe): layer 3; the ID rule's layer has too few rows to compare: 93.1 +- 0.4 "
          "% against 90.2 % at the output; chance 25.0 %. Too few rows to compare: layer 2.",
          "layers 2 to 3 (2 of 4) by label 'topic'");
    check(-1, last, 5, " Label 'topic' (probe): layer 5, 90.2 +- 0.5 %, the output; chance 25.0 %.",
          "layers 2 to 5 (4 of 4) by label 'topic'");
    /* nothing is suggested where nothing is told apart */
    check(1, all, 3, " Label 'topic' (probe): no layer is told from the best, layer 3, 93.1 +- 0.4 % against 90.2 % "
          "at the output; chance 25.0 %.", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_are_listed_in_runs),
        cmocka_unit_test(agreement_is_stated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
