#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Speed and memory beside stated baselines: tests/bench/run.sh BUILD_FOLDER
set -eu
cd "$(dirname "$0")/../.."
build=$1
launch=jobs/local/mpirun.sh
ranks=${VV_BENCH_RANKS:-$(nproc)}
n=${VV_BENCH_ROWS:-20000}

echo "Exact neighbor table of n normal rows (float32), seconds, medians of 3 pairs; baseline: the bare matrix"
echo "product of 2 n^2 D flops by the same BLAS in the same run, single and double precision."
echo
printf '%8s %6s %5s %6s %10s %10s %10s %9s %9s\n' n D k ranks knn sgemm dgemm knn/sgemm knn/dgemm
for d in 256 1024; do "$launch" "$ranks" "$build/tests/bench/bench_knn" "$n" "$d" 100 3; done

echo
echo "Peak memory of rank 0 beside what 'varve plan' says (n = $n, D = 1024, k = 100, one layer)"
echo
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
set -- configs/quickstart.yml "input.synthetic={n_samples: $n, width: 1024, depth: 0}" output="$out/run"
"$build/varve" plan "$@" --ranks "$ranks" | sed -n 's/^peak memory of one rank: /  plan:     /p'
"$launch" "$ranks" "$build/varve" run "$@" -q >/dev/null
sed -n 's/^  "peak_resident": \([0-9]*\),\{0,1\}$/\1/p' "$out/run/manifest.json" |
    awk '{printf "  measured: %.1f MiB resident, the program and its libraries included\n", $1 / 1048576}'
"$launch" "$ranks" "$build/varve" run configs/quickstart.yml "input.synthetic={n_samples: 10, width: 4, depth: 0, dimension: 2, n_classes: 2, n_superclasses: 1}" \
    stages.knn.k=4 'stages.composition.k=[2]' output="$out/small" -q >/dev/null
sed -n 's/^  "peak_resident": \([0-9]*\),\{0,1\}$/\1/p' "$out/small/manifest.json" |
    awk '{printf "  of which: %.1f MiB that a run of 10 rows needs as well\n", $1 / 1048576}'
