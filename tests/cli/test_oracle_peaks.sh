#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Densities and density peaks against the stored results of the reference library.
. "$(dirname "$0")/lib.sh"
oracle=$shared/oracle/oracle_real_small.h5
python=${PYTHON:-/usr/bin/python3}
[ -n "$shared" ] && [ -r "$oracle" ] || { echo 'skipped: no reference results on this machine'; exit 77; }
"$python" -c 'import h5py' 2>/dev/null || { echo 'skipped: needs h5py'; exit 77; }

against() { # against RANKS NAME ARGUMENTS: a run, compared as NAME
    local ranks=$1 name=$2
    shift 2
    rm -rf o
    varve_on "$ranks" run c.yml -q output=o "$@"
    expect_status "$set, $name on $ranks ranks" 0
    "$python" "$repository/tests/cli/oracle_peaks.py" compare "$oracle" "$set" o "$name" >compared 2>&1 ||
        { complain "$name on $ranks ranks:"; cat compared; }
}

for set in fig1_5k fig1_5k_maxk10 gauss2d gauss2d_overlap gauss3d_smallz rossler6d; do
    k=$("$python" "$repository/tests/cli/oracle.py" write "$oracle" "$set") || { complain "$set"; continue; }
    d=$("$python" "$repository/tests/cli/oracle_peaks.py" settings "$oracle" "$set")
    cat >c.yml <<YAML
name: oracle
input: {layers: {path: two.h5, dataset: a}, labels: {l: {path: two.h5, dataset: labels}}}
stages: {knn: {k: $k}, density: {dimension: $d}, report: {}}
YAML
    against 1 none
    against 3 none
    against 2 global stages.density.kstar.correction=global
    against 2 local stages.density.kstar.correction=local
    against 1 PAk 'stages.peaks.z=[0.5, 1.65, 3]'
    against 3 PAk 'stages.peaks.z=[0.5, 1.65, 3]'
    against 2 kstarNN stages.density.reported=kstar stages.peaks.z=1.65
done

# Published k* of 25 points, at their own TwoNN dimension: 23, but 16 for one.
"$python" - "$oracle" <<'PY'
import sys, h5py
points = h5py.File(sys.argv[1])["gauss2d/X"][:25]
with h5py.File("few.h5", "w") as file:
    file["a"] = points
PY
cat >few.yml <<'YAML'
name: few
input: {layers: {path: few.h5, dataset: a}}
stages: {knn: {k: 24}, id: {reported: {estimator: twonn}}, density: {}, report: {}}
YAML
varve_on 2 run few.yml -q output=few
"$python" -c '
import h5py
k = list(h5py.File("few/artifacts/density/a.h5")["k"][()])
assert k == [23] * 13 + [16] + [23] * 11, k' || complain 'published k* of 25 points'
finish
