#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The short form of `make check VARIANT=san`: what reads input and meets mistakes, and a whole run, under the address and
# undefined-behaviour sanitizers.
. "$(dirname "$0")/../cli/lib.sh"
case $program in */san/varve) echo 'all tests are sanitized here'; exit 77 ;; esac
build=build/san
make -s -C "$repository" -j"$(nproc)" VARIANT=san "$build/varve" "$build/tests/fuzz/test_corpus" >out 2>err ||
    complain "the build fails: $(tail -n 20 out err)"
cd "$repository" || exit 1
bash tests/run.sh "$build" fuzz/ cli/test_usage cli/test_config cli/test_sweep_mistakes cli/test_ranks >"$scratch/tests.log" ||
    { cat "$scratch/tests.log"; complain 'tests fail'; }
tail -n 1 "$scratch/tests.log"
finish
