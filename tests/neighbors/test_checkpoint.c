/* SPDX-License-Identifier: MIT */
/* The files of a search: what comes back of them, and what does not when they are damaged or missing. ranks: 1 */
#include <stdio.h>
#include <unistd.h>

#include "neighbors/checkpoint.h"
#include "vv_test.h"

enum { N = 5, CAPACITY = 40, K = 2 };

static const float length[N] = {1.0f, 1.0f, 1.0f, 1.0f, 1.0f}, half[N] = {0.5f, 0.5f, 0.5f, 0.5f, 0.5f};

struct state {
    struct vv_bound bound;
    struct vv_shortlist list;
    struct vv_met met;
    float guess[N];
};

static void begin(struct state *s, double error, float guess)
{
    s->list = (struct vv_shortlist){
        .k = K, .bound = &s->bound, .kernel = vv_kernel_find("auto", 64), .length = length, .half = half};
    vv_bound_set(&s->bound, VV_EUCLIDEAN, 64, error);
    vv_assert_ok(vv_met_init(&s->met, N, N, 0, N));
    vv_assert_ok(vv_shortlist_init(&s->list, NULL, N, CAPACITY));
    for (int i = 0; i < N; i++) s->guess[i] = guess + (float)i;
    vv_shortlist_begin(&s->list, N, s->guess);
}

static void end(struct state *s)
{
    vv_shortlist_release(&s->list);
    vv_met_release(&s->met);
}

static void load(struct state *s, const struct vv_checkpoint *how)
{
    const struct vv_layout rows = vv_comm_layout(vv_world, N);
    vv_assert_ok(vv_checkpoint_load(vv_world, how, &rows, &s->met, &s->list, &s->bound, s->guess));
}

/* Flips a bit of the last candidate. */
static void damage(const char *path)
{
    FILE *const f = fopen(path, "r+");
    assert_non_null(f);
    assert_int_equal(fseek(f, -3, SEEK_END), 0);
    const int c = fgetc(f);
    assert_int_equal(fseek(f, -3, SEEK_END), 0);
    fputc(c ^ 1, f);
    fclose(f);
}

static void guesses_and_errors_come_back(void **state)
{
    float scratch[VV_SELECT_SCRATCH(CAPACITY)];
    char path[80], file[100];
    const struct vv_layout rows = vv_comm_layout(vv_world, N);
    (void)state;
    snprintf(path, sizeof path, "%.40s/varve-state-%ld", vv_test_scratch(), (long)getpid());
    snprintf(file, sizeof file, "%s.0-of-1", path);
    const struct vv_checkpoint how = {.path = path, .step = "test"};

    struct state first, second;
    begin(&first, 2e-5, 3.0f); /* guesses 3, 4, 5, 6, 7 */
    for (int i = 0; i < N; i++) vv_shortlist_offer(&first.list, i, 0.25f, (i + 1) % N, scratch);
    vv_met_add(&first.met, 0, N, 0, N);
    vv_checkpoint_save(&how, &rows, &first.met, &first.list, first.guess);

    begin(&second, 1e-5, 5.0f); /* 5, 6, 7, 8, 9, by a sharper kernel */
    second.guess[4] = 1.0f;
    load(&second, &how);
    for (int i = 0; i < N; i++) {
        assert_true(second.guess[i] == (i < 4 ? first.guess[i] : 1.0f));
        assert_true(second.list.count[i] == 1 && second.list.items[i * CAPACITY].index == (i + 1) % N);
    }
    assert_true(second.bound.error == 2e-5 && second.bound.factor == first.bound.factor);
    end(&second);

    damage(file);
    begin(&second, 1e-5, 5.0f);
    load(&second, &how);
    for (int i = 0; i < N; i++) assert_true(second.guess[i] == 5.0f + (float)i && second.list.count[i] == 0);
    assert_true(second.bound.error == 1e-5);
    assert_true(vv_met_share_before(&second.met) == 0.0);
    assert_int_not_equal(access(file, F_OK), 0);
    end(&second);
    end(&first);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(guesses_and_errors_come_back)};
    if (vv_comm_start(&argc, &argv, &vv_world) != VV_OK) return 99;
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    vv_comm_finish(&vv_world);
    return failed ? 1 : 0;
}
