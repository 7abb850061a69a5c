#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Coverage-guided fuzzing of each target: tests/fuzz/fuzz.sh SECONDS. Starts from the committed corpus; what is
# found stays in build/fuzz/: crashes as crash-*, which belong into the corpus once they are mended.
set -eu
cd "$(dirname "$0")/../.."
seconds=$1
command -v clang >/dev/null || { echo 'make fuzz needs clang with its sanitizers (Debian: clang)' >&2; exit 1; }
if [ "$(id -u)" = 0 ]; then export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1; fi
export ASAN_OPTIONS=detect_leaks=0 HWLOC_HIDE_ERRORS=2 # blocks of ours are counted after each execution
failed=0
for target in config input table many json stored; do
    make --no-print-directory "build/fuzz/$target"
    found=build/fuzz/corpus-$target
    mkdir -p "$found"
    "build/fuzz/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -malloc_limit_mb=1024 \
        -max_len=8192 -artifact_prefix="build/fuzz/crash-$target-" -print_final_stats=1 "$found" \
        "tests/fuzz/corpus/$target" >"build/fuzz/$target.log" 2>&1 || failed=1
    sed -n "s/^stat::number_of_executed_units: */$target: executions /p" "build/fuzz/$target.log"
    grep -E '^(==|SUMMARY)|leaked|libFuzzer: ' "build/fuzz/$target.log" | head -n 5 || true
done
exit "$failed"
