#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Speed and memory beside stated baselines: tests/bench/run.sh BUILD_FOLDER [search|scaling|memory|plan|landscape|probe ...]
# VV_BENCH_ROWS, VV_BENCH_PAIRS and VV_BENCH_FEATURES replace 20000, 5 and "64 256 1024 4096";
# VV_BENCH_KERNEL names the kernel (amx, avx512, avx2, portable); VV_BENCH_PARTS=1 adds a line on the parts of each search.
set -eu
cd "$(dirname "$0")/../.."
build=$1
shift
launch=jobs/local/mpirun.sh
export VARVE_CACHE=none
cores=$(nproc)
n=${VV_BENCH_ROWS:-20000}
pairs=${VV_BENCH_PAIRS:-5}
features=${VV_BENCH_FEATURES:-64 256 1024 4096}
bench() { "$launch" "$1" "$build/tests/bench/bench_knn" "${@:2}" "${VV_BENCH_KERNEL:-auto}"; }
heading() {
    printf '%8s %6s %5s %9s %8s %8s %7s %9s %9s %9s\n' n D k 'ranks x t' floor knn ratio forecast \
        'MiB RSS' 'MiB sent'
}

machine() {
    echo "machine: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $cores cores," \
        "$(awk '/MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo)," \
        "$(grep -o -w -e amx_bf16 -e avx512f -e avx2 /proc/cpuinfo | sort -u | paste -sd ' ' | grep . || echo 'no AVX')"
}

search() {
    echo
    echo "Exact neighbor table of n normal rows (float32), seconds, medians of $pairs pairs after a warm-up."
    echo "floor: the full product, 2 n^2 D flops, by the same BLAS on as many ranks and threads in the same run."
    echo
    heading
    for d in $features; do
        bench 1 "$n" "$d" 100 "$pairs" 1
        [ "$cores" -lt 2 ] || bench 1 "$n" "$d" 100 "$pairs" 2
        [ "$cores" -lt 2 ] || bench 2 "$n" "$d" 100 "$pairs" 1
        "${PYTHON:-python3}" tests/bench/sklearn_knn.py "$n" "$d" 100 2>/dev/null || true
    done
}

scaling() {
    echo
    echo "Growth with n (D = 256, k = 100, 1 rank, all cores); the exponent is fitted to the last four."
    echo
    heading
    for rows in 2500 5000 10000 20000 40000 80000; do
        bench 1 "$rows" 256 100 $((rows > 20000 ? 1 : 3)) "$cores"
    done | tee /dev/stderr | awk '{ if ($1 >= 10000) { x = log($1); y = log($6); s++; sx += x; sy += y; sxx += x * x; sxy += x * y } }
        END { printf "seconds grow as n^%.2f\n", (s * sxy - sx * sy) / (s * sxx - sx * sx) }'
    echo
    echo "Strong scaling over ranks (n = $n, D = 256), then weak (n^2 / ranks held)."
    echo
    heading
    for ((ranks = 1; ranks <= cores; ranks *= 2)); do bench "$ranks" "$n" 256 100 3 1; done
    for ((ranks = 1; ranks <= cores; ranks *= 2)); do
        bench "$ranks" "$(awk "BEGIN {printf \"%d\", $n * sqrt($ranks)}")" 256 100 3 1
    done
}

peak() { sed -n 's/^  "peak_resident": \([0-9]*\),\{0,1\}$/\1/p' "$1" | awk '{printf "%.1f", $1 / 1048576}'; }

memory() {
    local out
    out=$(mktemp -d)
    echo
    echo "Peak memory of one rank beside what 'varve plan' says (n = $n, D = 4096, k = 10, one layer of" \
        "$((n / 64)) MiB), and with a quarter of that"
    echo
    "$build/varve" run configs/quickstart.yml "input.synthetic={n_samples: 10, width: 4, depth: 0, dimension: 2, n_classes: 2, n_superclasses: 1}" \
        stages.knn.k=4 'stages.composition.k=[2]' output="$out/small" -q >/dev/null
    for budget in '' "resources.memory=$((n / 256)) MiB"; do
        set -- configs/quickstart.yml "input.synthetic={n_samples: $n, width: 4096, depth: 0}" \
            stages.knn.k=10 'stages.composition.k=[10]' output="$out/run" ${budget:+"$budget"}
        echo "${budget:-no budget}:"
        "$build/varve" plan "$@" --until knn | sed -n 's/^peak memory of one rank: /  plan:     /p'
        "$build/varve" run "$@" --until knn >/dev/null 2>"$out/log"
        echo "  search:  $(sed -n 's/^varve: knn .* layer_00  //p' "$out/log")"
        echo "  measured: $(peak "$out/run/manifest.json") MiB resident, the program and its libraries" \
            "included: $(peak "$out/small/manifest.json") MiB for a run of 10 rows"
    done
    rm -rf "$out"
}

# One rank on each node, D = 4096, k = 100: cores like these and networks as plan says.
plan() {
    local rows nodes
    echo
    echo "By 'varve plan': one layer of D = 4096, k = 100, one rank of 64 threads on each node"
    echo
    printf '%10s %6s %12s %14s %14s\n' n nodes time memory/node sent/node
    for rows in 1000000 10000000; do
        for nodes in 16 256 4096; do
            "$build/varve" plan configs/quickstart.yml --until knn --ranks "$nodes" resources.threads=64 \
                "input.synthetic={n_samples: $rows, width: 4096, depth: 0, n_classes: 10}" stages.knn.k=100 |
                awk -v n="$rows" -v nodes="$nodes" '$1 == "knn" {i = $5 == "s" ? 6 : 5
                        printf "%10d %6d %12s %10s %s %10s %s\n", n, nodes, $4 (i == 6 ? " s" : ""), $i, $(i + 1), $(i + 2), $(i + 3)}
                    /^times:/ {times = $0; getline; times = times " " $0}
                    END {if (n == 10000000 && nodes == 4096) print "\n" times}'
        done
    done
}

# values REPORT DATASET: one a line
values() { h5dump -A 0 -y -w 0 -d "$2" "$1" | sed -n '/DATA {/,/}/p' | grep -v '[{}]' | tr -d ' "' | sed 's/\\000//g' | tr ',' '\n' | grep .; }

# What the statistics of two layers cost beside their search, and beside a search of wide rows.
landscape() {
    local rows out stage
    out=$(mktemp -d)
    echo
    echo "Statistics of two layers, D = 64, k = 100, one rank, all cores, seconds; imbalance over parts of 2000 rows" \
        "and over all; exponents between the two sizes"
    echo
    for rows in "$n" $((5 * n)); do
        for parts in 2000 0; do
            "$build/varve" run configs/quickstart.yml "input.synthetic={n_samples: $rows, width: 64, depth: 1, n_classes: 10}" \
                "stages={knn: {k: 100}, id: {estimators: [twonn, gride, decimation, blocks, twonn_bayes, mle, abide, pca]}, density: {}, peaks: {z: [1, 1.65, 3]}, composition: {k: [10, 30]}, nucleation: {}, imbalance: {part_rows: $parts}, similarity: {}, report: {}}" \
                output="$out/$rows-$parts" -q >/dev/null
        done
    done
    "$build/varve" run configs/quickstart.yml "input.synthetic={n_samples: $n, width: 1024, depth: 1, n_classes: 10}" \
        "stages={knn: {k: 100}, report: {}}" output="$out/wide" -q >/dev/null
    printf '%-22s %10d %10d %9s\n' stage "$n" $((5 * n)) exponent
    for parts in 2000 0; do
        paste <(values "$out/$n-$parts/report.h5" /provenance/stage) <(values "$out/$n-$parts/report.h5" /provenance/seconds) \
            <(values "$out/$((5 * n))-$parts/report.h5" /provenance/seconds) |
            awk -v parts="$parts" '$1 == "report" || (parts == 0 && $1 != "imbalance") {next}
                {name = $1 == "imbalance" ? "imbalance, " (parts ? "parts" : "all rows") : $1
                 printf "%-22s %10.2f %10.2f %9.2f\n", name, $2, $3, log($3 / $2) / log(5)
                 if ($1 != "load" && $1 != "knn") {a += $2; b += $3}}
                END {if (parts) printf "%-22s %10.2f %10.2f %9.2f\n", "all but load and knn", a, b, log(b / a) / log(5)}'
    done
    echo "knn of two layers at n = $n, D = 1024: $(paste <(values "$out/wide/report.h5" /provenance/stage) \
        <(values "$out/wide/report.h5" /provenance/seconds) | awk '$1 == "knn" {print $2}') s"
    for rows in "$n" $((5 * n)); do echo "peak memory at n = $rows: $(peak "$out/$rows-2000/manifest.json") MiB resident"; done
    rm -rf "$out"
}

# The path of the logistic probe beside scikit-learn's, where that is installed.
probe() {
    echo
    echo "Regularization path (5 C's, warm starts) of a multinomial logistic probe, seconds on all cores, medians of $pairs pairs" \
        "after a warm-up"
    echo
    printf '%8s %6s %8s %9s %13s %7s\n' n D classes varve scikit-learn ratio
    "${PYTHON:-python3}" tests/bench/sklearn_probe.py "$build/varve" 10000 1024 10 "$pairs" || echo "needs numpy, h5py and scikit-learn"
}

all='search scaling memory plan landscape probe'
for part in ${*:-$all}; do
    case " $all " in
    *" $part "*) ;;
    *) echo "'$part' is nothing to measure; there are $all" >&2 && exit 2 ;;
    esac
done
machine
for part in ${*:-$all}; do "$part"; done
