#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What to cite: everything, or what the stages of a run or a configuration rest on; the output is a .bib file.
. "$(dirname "$0")/lib.sh"

varve --cite
expect_status 'all' 0
expect_line 'all' out '%   Facco, d'"'"'Errico, Rodriguez, Laio: Estimating the intrinsic dimension of datasets by a minimal neighborhood information. Scientific Reports 7, 12140 (2017), https://doi.org/10.1038/s41598-017-11873-y'
expect_line 'all' out '%   Glielmo, Zeni, Cheng, Csanyi, Laio: Ranking the information content of distance measures. PNAS Nexus 1, pgac039 (2022), https://doi.org/10.1093/pnasnexus/pgac039'
expect_line 'all' out '  eprint = {2302.00294},'
expect_line 'all' out '@misc{varve,'
[ "$(grep '^@' out | sort | uniq -d | wc -l)" = 0 ] || complain 'an entry stands there twice'
cp out all
varve cite
cmp -s out all || complain '--cite and cite differ'

# Outside the entries are comments; braces close; each entry has what it needs.
awk '/^@/ { inside = 1 } !inside && !/^%|^$/ { bad = 1 } /^}$/ { inside = 0 } END { exit bad || inside }' all ||
    complain 'something between the entries is no comment'
opened=$(tr -cd '{' <all | wc -c) closed=$(tr -cd '}' <all | wc -c)
[ "$opened" = "$closed" ] || complain "$opened braces are opened, $closed closed"
for field in author title year; do
    [ "$(grep -c "^  $field = {" all)" = "$(grep -c '^@' all)" ] || complain "an entry lacks its $field"
done

cat >c.yml <<'YAML'
name: c
input: {synthetic: {n_samples: 100, width: 8, depth: 0}}
stages: {knn: {k: 5}, composition: {k: [5]}, report: {}}
YAML
varve cite c.yml
expect_status 'a configuration' 0
expect_part 'a configuration' out 'doimo2020'
[ "$(grep -c '^@' out)" = 2 ] || complain 'a configuration cites what its stages do not'
cp out of_configuration
varve run c.yml output=o -q
varve cite o
cmp out of_configuration || complain 'a run cites something else than its configuration'

sed 's/knn/knnn/' c.yml >wrong.yml
varve cite wrong.yml
expect_status 'no such stage' 2
expect_text 'no such stage' err "varve: error: 'wrong.yml' has a stage 'knnn', which does not exist
hint: did you mean 'knn'?"
varve cite nothing.yml
expect_status 'no such file' 2
expect_errors 'no such file' 1
varve cite a b
expect_status 'two' 2
finish
