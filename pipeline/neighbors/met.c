/* SPDX-License-Identifier: MIT */
#include "neighbors/met.h"

#include "base/mem.h"
#include "neighbors/kernel.h"

enum { MOST_CELLS = 256 }; /* on a side */

static int64_t cell_of(int64_t n)
{
    const int64_t rows = (n + MOST_CELLS - 1) / MOST_CELLS;
    return rows > VV_TILE_ROWS ? rows : VV_TILE_ROWS;
}

static int cells_of(int64_t n)
{
    return (int)((n + cell_of(n) - 1) / cell_of(n));
}

/* Rows that [a, a + n) has in common with [b, b + m). */
static int64_t overlap(int64_t a, int64_t n, int64_t b, int64_t m)
{
    const int64_t begin = a > b ? a : b, end = a + n < b + m ? a + n : b + m;
    return end > begin ? end - begin : 0;
}

int vv_met_first_cell(const struct vv_met *m)
{
    return (int)(m->first / m->row_cell);
}

int vv_met_own_cells(const struct vv_met *m)
{
    return m->n > 0 ? (int)((m->first + m->n - 1) / m->row_cell) - vv_met_first_cell(m) + 1 : 0;
}

enum vv_status vv_met_init(struct vv_met *m, int64_t n_rows, int64_t n_others, int64_t first, int64_t n)
{
    const char *const what = "what has met";
    *m = (struct vv_met){.n_rows = n_rows,
                         .n_others = n_others,
                         .row_cell = cell_of(n_rows),
                         .other_cell = cell_of(n_others),
                         .rows = cells_of(n_rows),
                         .others = cells_of(n_others),
                         .first = first,
                         .n = n};
    m->before = vv_mem_new((int64_t)m->rows * m->others, sizeof *m->before, what);
    m->pairs = vv_mem_new((int64_t)vv_met_own_cells(m) * m->others, sizeof *m->pairs, what);
    return m->before && m->pairs ? VV_OK : VV_MEMORY;
}

void vv_met_release(struct vv_met *m)
{
    vv_mem_free(m->before);
    vv_mem_free(m->pairs);
    *m = (struct vv_met){.before = NULL};
}

double vv_met_memory(int64_t n_rows, int64_t n_others)
{
    const double cells = (double)cells_of(n_rows) * cells_of(n_others);
    return cells * (sizeof(uint8_t) + sizeof(int64_t));
}

enum vv_met_share vv_met_before(const struct vv_met *m, int64_t row, int64_t n, int64_t other,
                                int64_t n_other)
{
    bool any = false, all = true;
    for (int64_t i = row / m->row_cell; i <= (row + n - 1) / m->row_cell; i++)
        for (int64_t j = other / m->other_cell; j <= (other + n_other - 1) / m->other_cell; j++) {
            any |= m->before[i * m->others + j];
            all &= m->before[i * m->others + j];
        }
    return all ? VV_ALL_MET : any ? VV_SOME_MET : VV_NONE_MET;
}

void vv_met_add(struct vv_met *m, int64_t row, int64_t n, int64_t other, int64_t n_other)
{
    const int64_t begin = vv_met_first_cell(m);
    if (n <= 0 || n_other <= 0) return;
    for (int64_t i = row / m->row_cell; i <= (row + n - 1) / m->row_cell; i++) {
        const int64_t here = overlap(row, n, i * m->row_cell, m->row_cell);
        for (int64_t j = other / m->other_cell; j <= (other + n_other - 1) / m->other_cell; j++) {
            if (m->before[i * m->others + j]) continue;
            const int64_t pairs = here * overlap(other, n_other, j * m->other_cell, m->other_cell);
#pragma omp atomic
            m->pairs[(i - begin) * m->others + j] += pairs;
        }
    }
}

bool vv_met_now(const struct vv_met *m, int64_t row, int64_t other)
{
    const int64_t i = row / m->row_cell, j = other / m->other_cell;
    if (m->before[i * m->others + j]) return true;
    const int64_t here = overlap(m->first, m->n, i * m->row_cell, m->row_cell);
    const int64_t there = overlap(0, m->n_others, j * m->other_cell, m->other_cell);
    return m->pairs[(i - vv_met_first_cell(m)) * m->others + j] == here * there;
}

double vv_met_share_before(const struct vv_met *m)
{
    double pairs = 0.0;
    for (int64_t i = 0; i < m->rows; i++)
        for (int64_t j = 0; j < m->others; j++)
            if (m->before[i * m->others + j])
                pairs += (double)overlap(0, m->n_rows, i * m->row_cell, m->row_cell) *
                         (double)overlap(0, m->n_others, j * m->other_cell, m->other_cell);
    return pairs > 0.0 ? pairs / ((double)m->n_rows * (double)m->n_others) : 0.0;
}
