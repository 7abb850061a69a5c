#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A search that is stopped in the middle of a layer goes on from what it saved, on any number of ranks, and gives the
# same bytes; what it saved is not trusted where it does not fit.
. "$(dirname "$0")/lib.sh"
"$PYTHON" -c 'import numpy' 2>/dev/null || { echo 'needs numpy'; exit 77; }
"$PYTHON" - <<'PY'
import numpy as np
rng = np.random.default_rng(2)
rows = rng.integers(0, 3, (16000, 500)).astype(np.float32)
rows[::70] = rows[0]  # crowds of duplicates
rows += rng.integers(0, 2, (16000, 1)) * np.float32(0.25)
np.save("rows.npy", rows)
np.save("others.npy", rng.integers(0, 3, (9000, 500)).astype(np.float32))
PY
cat >c.yml <<'YAML'
name: c
input: {layers: {path: rows.npy}, others: {other: {path: others.npy}}, duplicates: keep}
stages: {knn: {k: 20}, report: {}}
resources: {threads: 1, checkpoint: 0.1}
YAML
# limit I: seconds, more each time, so that fast machines stop and slow ones get somewhere
limit() { awk "BEGIN {print 0.3 * 1.2 ^ $1}"; }
left() { compgen -G 'o/artifacts/*/*.state.*' >/dev/null; }

# interrupted WHAT ARGUMENTS: on changing numbers of ranks, with more and more time, until it is finished
interrupted() {
    local what=$1 ranks=(1 3 2 4 2 7 1) i shares
    shift
    VARVE_CACHE=none varve run c.yml output=whole "$@"
    expect_status "$what" 0
    : >shares
    for ((i = 0; i < 60; i++)); do
        varve_on "${ranks[i % 7]}" run c.yml output=o "$@" resources.time_limit="$(limit "$i")"
        sed -n 's/.*goes on where it was left, after \([0-9]*\) % of the pairs/\1/p' err >>shares
        [ "$status" = 75 ] || break
    done
    expect_status "$what, at last" 0
    for file in o/artifacts/*/*.h5; do
        cmp "$file" "whole${file#o}" || complain "$what: other bytes"
    done
    h5diff --exclude-path /provenance whole/report.h5 o/report.h5 || complain "$what: another report"
    left && complain "$what: saved states are left"
    shares=$(tr '\n' ' ' <shares)
    [ "$(wc -w <shares)" -ge 1 ] || complain "$what: never went on"
    [ "$shares" = "$(sort -n shares | tr '\n' ' ')" ] || complain "$what: lost something on the way: $shares"
    echo "$what: gone on with after % of the pairs: $shares"
    rm -rf o whole kept
}
export VARVE_CACHE=kept # else a run that is stopped after the search loses the table
interrupted 'knn'
interrupted 'cosine' stages.knn.metric=cosine
interrupted 'cross_knn' 'stages={cross_knn: {k: 20}, report: {}}'
interrupted 'rows in files' resources.memory='48 MiB'

export VARVE_CACHE=none
# begin: a search that was left
begin() {
    rm -rf o
    for ((i = 0; i < 60; i++)); do
        varve_on 2 run c.yml output=o resources.time_limit="$(limit "$i")"
        left && return
    done
    complain 'nothing was saved'
}
varve run c.yml output=whole -q
# finished WHAT ARGUMENTS: it goes on and is as one that was not left
finished() {
    local what=$1
    shift
    varve_on 3 run c.yml output=o "$@"
    expect_status "$what" 0
    left && complain "$what: saved states are left"
}
begin
finished 'undisturbed'
expect_part 'undisturbed' err "knn layer 'rows': goes on where it was left, after "
cmp {whole,o}/artifacts/knn/rows.h5 || complain 'undisturbed: other bytes'
begin
finished 'fresh' --fresh
grep -q 'goes on' err && complain 'fresh: went on'
begin
varve run c.yml output=other -q stages.knn.k=19
finished 'another k' stages.knn.k=19
grep -q 'goes on' err && complain 'another k: went on'
cmp {other,o}/artifacts/knn/rows.h5 || complain 'another k: other bytes'
begin
rm o/artifacts/knn/rows.h5.state.1-of-2
finished 'one file is missing'
cmp {whole,o}/artifacts/knn/rows.h5 || complain 'one file is missing: other bytes'
for at in 3 60 120 2000 -5; do # the header, its digest, cells, rows, the end
    begin
    for file in o/artifacts/knn/*.state.*; do
        [ "$at" -lt 0 ] && truncate -s "$at" "$file" && continue
        printf '\xa5\x5a' | dd of="$file" bs=1 seek="$at" conv=notrunc 2>/dev/null
    done
    finished "damaged at $at"
    cmp {whole,o}/artifacts/knn/rows.h5 || complain "damaged at $at: other bytes"
    [ "$at" = -5 ] && expect_part "damaged at $at" err "warning: knn layer 'rows': its saved state is damaged; it begins anew"
done
# What cannot be saved is a warning.
rm -rf o
mkdir -p o/artifacts/knn/rows.h5.state.0-of-1/in_the_way && echo stopped >o/STATUS
varve run c.yml output=o
expect_status 'cannot be saved' 0
expect_part 'cannot be saved' err "warning: knn layer 'rows': its state is not saved: cannot rename to 'o/artifacts/knn/rows.h5.state.0-of-1'"
cmp {whole,o}/artifacts/knn/rows.h5 || complain 'cannot be saved: other bytes'
finish
