#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# MPICH and its parallel HDF5 instead of Open MPI: the program builds without a warning, the tests of what stands on MPI
# pass on 1 to 3 ranks, and a report has the same bits.
. "$(dirname "$0")/../cli/lib.sh"
command -v mpicc.mpich >/dev/null && pkg-config --exists hdf5-mpich || { echo 'needs MPICH and its parallel HDF5'; exit 77; }
build=build/mpich
env -u MPIRUN make -s -C "$repository" -j"$(nproc)" CC=mpicc.mpich HDF5_PKG=hdf5-mpich BUILD="$build" programs >out 2>err ||
    complain "the build fails: $(tail -n 20 err)"
grep -i 'warning' err && complain 'the build has warnings'

cat >c.yml <<'YAML'
name: c
input: {synthetic: {n_samples: 700, width: 24, depth: 2}}
stages: {knn: {k: 30}, id: {}, density: {}, peaks: {}, composition: {k: [5, 10]}, imbalance: {}, similarity: {}, depth: {}, report: {}}
YAML
varve_on 2 run c.yml output=whole -q
expect_status 'Open MPI' 0
mpich() { MPIRUN=mpiexec.mpich "$launch" "$1" "$repository/$build/varve" "${@:2}" >out 2>err </dev/null; status=$?; }
for ranks in 1 2 3; do
    mpich "$ranks" run c.yml output=o -q
    expect_status "MPICH on $ranks" 0
    same "MPICH on $ranks"
    rm -rf o
done
mpich 3 run absent.yml
expect_status 'absent file' 2
expect_errors 'absent file' 1

cd "$repository" || exit 1
# More ranks than cores are slow: MPICH waits without giving way.
VV_MOST_RANKS=3 MPIRUN=mpiexec.mpich HDF5_PKG=hdf5-mpich CC=mpicc.mpich bash tests/run.sh "$build" dist/ io/ \
    data/test_matrix neighbors/test_metrics stages/test_composition stages/test_peaks.c cli/test_stop >"$scratch/tests.log" ||
    { cat "$scratch/tests.log"; complain 'tests fail'; }
tail -n 1 "$scratch/tests.log"
finish
