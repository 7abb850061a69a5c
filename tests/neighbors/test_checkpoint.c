/* SPDX-License-Identifier: MIT */
/* The files of a search: what comes back of them, and that nothing does when they are damaged, or when one rank cannot
 * read what another can. ranks: 1 2 3 4 7 */
#include <stdio.h>
#include <unistd.h>

#include "neighbors/checkpoint.h"
#include "vv_test.h"

enum { N = 5, CAPACITY = 40, K = 2 };

static const float length[N] = {1.0f, 1.0f, 1.0f, 1.0f, 1.0f}, half[N] = {0.5f, 0.5f, 0.5f, 0.5f, 0.5f};

/* What a rank knows of its rows [first, first + n). */
struct state {
    struct vv_layout rows;
    int64_t first, n;
    struct vv_bound bound;
    struct vv_shortlist list;
    struct vv_met met;
    float guess[N];
};

static void begin(struct state *s, struct vv_layout rows, double error, float guess)
{
    s->rows = rows;
    s->first = vv_layout_first(&rows);
    s->n = vv_layout_local(&rows);
    s->list = (struct vv_shortlist){
        .k = K, .bound = &s->bound, .kernel = vv_kernel_find("auto", 64), .length = length, .half = half};
    vv_bound_set(&s->bound, VV_EUCLIDEAN, 64, error);
    vv_assert_ok(vv_met_init(&s->met, N, N, s->first, s->n));
    vv_assert_ok(vv_shortlist_init(&s->list, NULL, s->n, CAPACITY));
    for (int i = 0; i < s->n; i++) s->guess[i] = guess + (float)(s->first + i);
    vv_shortlist_begin(&s->list, s->n, s->guess);
}

static void end(struct state *s)
{
    vv_shortlist_release(&s->list);
    vv_met_release(&s->met);
}

static void load(struct state *s, const struct vv_checkpoint *how)
{
    vv_assert_ok(vv_checkpoint_load(vv_world, how, &s->rows, &s->met, &s->list, &s->bound, s->guess));
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

/* A search on one rank, whose rows have all met: each has the next as its candidate; guesses are 3, 4, 5, 6, 7. */
static void save_whole(const struct vv_checkpoint *how, double error)
{
    const struct vv_layout one = {.n = N, .size = 1};
    float scratch[VV_SELECT_SCRATCH(CAPACITY)];
    struct state whole;
    if (vv_comm_rank(vv_world) == 0) {
        begin(&whole, one, error, 3.0f);
        for (int i = 0; i < N; i++) vv_shortlist_offer(&whole.list, i, 0.25f, (i + 1) % N, scratch);
        vv_met_add(&whole.met, 0, N, 0, N);
        vv_checkpoint_save(how, &one, &whole.met, &whole.list, whole.guess);
        end(&whole);
    }
    vv_comm_barrier(vv_world);
}

static void expect_all(const struct state *s, float guess, double error)
{
    for (int64_t i = 0; i < s->n; i++) {
        assert_true(s->guess[i] == guess + (float)(s->first + i));
        assert_int_equal(s->list.count[i], 1);
        assert_int_equal(s->list.items[i * CAPACITY].index, (s->first + i + 1) % N);
    }
    assert_true(s->bound.error == error);
    assert_true(vv_met_share_before(&s->met) == 1.0);
}

static void expect_nothing(const struct state *s, float guess, double error)
{
    for (int64_t i = 0; i < s->n; i++)
        assert_true(s->guess[i] == guess + (float)(s->first + i) && s->list.count[i] == 0);
    assert_true(s->bound.error == error);
    assert_true(vv_met_share_before(&s->met) == 0.0);
}

/* The same on all ranks, and for one of them a place where there is nothing. */
static struct vv_checkpoint place(char *path, char *elsewhere)
{
    long number = (long)getpid();
    vv_comm_bcast(vv_world, &number, sizeof number, 0);
    snprintf(path, 80, "%.40s/varve-state-%ld", vv_test_scratch(), number);
    snprintf(elsewhere, 80, "%.40s/varve-nothing-%ld", vv_test_scratch(), number);
    return (struct vv_checkpoint){.path = path, .step = "test"};
}

static void guesses_and_errors_come_back(void **state)
{
    const struct vv_layout rows = vv_comm_layout(vv_world, N);
    char path[80], elsewhere[80], file[100];
    const struct vv_checkpoint how = place(path, elsewhere);
    struct state s;
    (void)state;
    save_whole(&how, 2e-5);
    begin(&s, rows, 1e-5, 5.0f); /* guesses 5, 6, 7, 8, 9, by a sharper kernel */
    load(&s, &how);
    expect_all(&s, 3.0f, 2e-5);
    end(&s);

    begin(&s, rows, 4e-5, 1.0f); /* lower ones, by a coarser kernel; saved again by these ranks */
    load(&s, &how);
    expect_all(&s, 1.0f, 4e-5);
    vv_checkpoint_save(&how, &rows, &s.met, &s.list, s.guess);
    end(&s);
    vv_comm_barrier(vv_world);

    begin(&s, rows, 1e-5, 5.0f); /* the lower of both, row by row */
    const int64_t mine = vv_layout_owner(&rows, 4) == rows.rank ? 4 - s.first : -1;
    struct vv_bound wide; /* of the coarsest kernel so far */
    if (mine >= 0) s.guess[mine] = 0.5f;
    load(&s, &how);
    vv_bound_set(&wide, VV_EUCLIDEAN, 64, 4e-5);
    assert_true(s.bound.factor == wide.factor);
    for (int64_t i = 0; i < s.n; i++) assert_true(s.guess[i] == (i == mine ? 0.5f : 1.0f + (float)(s.first + i)));
    end(&s);

    vv_comm_barrier(vv_world);
    if (vv_comm_rank(vv_world) == 0) {
        snprintf(file, sizeof file, "%s.%d-of-%d", path, vv_layout_owner(&rows, 0), rows.size);
        damage(file);
    }
    vv_comm_barrier(vv_world);
    begin(&s, rows, 1e-5, 5.0f);
    load(&s, &how);
    expect_nothing(&s, 5.0f, 1e-5);
    end(&s);
    vv_comm_barrier(vv_world);
    if (vv_comm_rank(vv_world) == 0) assert_int_not_equal(access(file, F_OK), 0);
}

static void what_one_rank_cannot_read_is_lost_for_all(void **state)
{
    const int last = vv_comm_size(vv_world) - 1;
    char path[80], elsewhere[80];
    struct vv_checkpoint how = place(path, elsewhere);
    struct state s;
    (void)state;
    if (last == 0) return; /* it takes two */
    save_whole(&how, 2e-5);
    if (vv_comm_rank(vv_world) == last) how.path = elsewhere;
    const struct vv_layout rows = vv_comm_layout(vv_world, N);
    const bool needed = vv_layout_count(&rows, last) > 0;
    begin(&s, rows, 1e-5, 5.0f);
    load(&s, &how);
    if (needed) expect_nothing(&s, 5.0f, 1e-5);
    else expect_all(&s, 3.0f, 2e-5);
    end(&s);
    vv_comm_barrier(vv_world);
    if (vv_comm_rank(vv_world) == 0) vv_checkpoint_remove(path, 0);
    if (vv_comm_rank(vv_world) == last) vv_checkpoint_remove(elsewhere, 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(guesses_and_errors_come_back),
    cmocka_unit_test(what_one_rank_cannot_read_is_lost_for_all),
};
VV_TEST_MAIN(tests)
