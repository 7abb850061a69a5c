#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The search as a user meets it: threads, rows in files where memory is short, metrics, the plan.
. "$(dirname "$0")/lib.sh"

cat >search.yml <<'YAML'
name: search
input: {synthetic: {n_samples: 3000, width: 2000, depth: 0}, duplicates: drop}
stages: {prepare: {standardize: true}, knn: {k: 8}, id: {}, composition: {k: [8]}, report: {}}
YAML

# same WHAT: the neighbor tables and the results of runs `one` and `many`
same() {
    local file
    (cd one && find artifacts tables summary.txt -type f) >files
    grep -q '^artifacts/knn/' files || complain "$1: no neighbor tables"
    while read -r file; do
        cmp "one/$file" "many/$file" || complain "$1: $file differs"
    done <files
}
varve run search.yml -q output=one resources.threads=1
expect_status 'one thread' 0
for threads in 2 3 4; do
    varve run search.yml -q output=many resources.threads="$threads"
    expect_status "$threads threads" 0
    same "$threads threads"
done

# Rows in files: same bits; nothing is left behind; the whole process stays below what holding the rows alone
# would take (3000 x 2000 float64, and as much again before they were standardized).
mkdir disk
for ranks in 1 3; do
    varve_on "$ranks" run search.yml output=many resources.memory='56 MiB' resources.scratch=disk \
        resources.threads=1
    expect_status "rows in files on $ranks" 0
    expect_part "rows in files on $ranks" err "rows go to files in 'disk'"
    same "rows in files on $ranks"
    [ -z "$(ls -A disk)" ] || complain "left in the scratch folder: $(ls -A disk)"
done
varve run search.yml -q output=many resources.memory='56 MiB' resources.threads=1
resident=$(sed -n 's/^  "peak_resident": \([0-9]*\),\{0,1\}$/\1/p' many/manifest.json)
[[ $program == */san/* ]] || [ "$resident" -lt 96000000 ] || # sanitizers keep much more
    complain "$resident bytes resident with a budget of 56 MiB"

varve plan search.yml resources.memory='56 MiB'
expect_status 'plan with files' 0
expect_part 'plan with files' out 'they go to files of about'
varve plan search.yml
grep -q '^knn .* [0-9.]* s ' out || complain "plan tells no time: $(grep '^knn' out)"
expect_part 'rates of the plan' out 'Gflop/s'

varve_on 2 run search.yml output=failed resources.memory='56 MiB' resources.scratch=nowhere
expect_status 'no such scratch folder' 4
expect_errors 'no such scratch folder' 1
expect_part 'no such scratch folder' err "'nowhere': no room for rows of a layer"
expect_part 'no such scratch folder' err 'hint: resources.scratch names another folder'

varve run search.yml output=failed resources.memory='2 MiB'
expect_status 'not even in files' 5
expect_part 'not even in files' err 'even with its rows in files'

# Inner products: largest first, no dimension.
varve check search.yml stages.knn.metric=inner_product
expect_status 'dimension from inner products' 2
expect_part 'dimension from inner products' err 'needs distances, which inner products are not'
cat >inner.yml <<'YAML'
name: inner
input: {synthetic: {n_samples: 300, width: 30, depth: 0}}
stages: {knn: {k: 5, metric: inner_product}, composition: {k: [5]}, report: {}}
YAML
varve run inner.yml -q output=inner
expect_status 'inner products' 0
h5dump -a /metric inner/artifacts/knn/layer_00.h5 >dump
expect_part 'the metric of the table' dump '"inner_product"'

finish
