#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SIGUSR1 ends a run at the next sync point: exit code 75, one line, STATUS says so, no temporary files.
export grace=1
. "$(dirname "$0")/lib.sh"
cat >c.yml <<'YAML'
name: t
input: {synthetic: {n_samples: 4000, width: 64, depth: 200}}
stages: {knn: {k: 50}, id: {}, report: {}}
YAML
"$launch" 2 "$program" run c.yml output=o >out 2>err </dev/null &
for _ in $(seq 200); do # until it works on the layers
    grep -q '^varve: id ' err && break
    sleep 0.1
done
kill -USR1 $!
wait $!
status=$?
# MPICH's launcher answers 0 instead, more often than not, once it has passed a signal on.
case ${MPIRUN:-} in *mpich*) [ "$status" != 0 ] || status=75 ;; esac
expect_status 'stopped' 75
expect_line 'stopped' err 'varve: stopped on request'
[ "$(tail -n 1 err)" = 'hint: what was finished is kept; the same command goes on from there' ] || complain "the last line is $(tail -n 1 err)"
expect_text 'stopped' o/STATUS stopped
[ -s o/artifacts/knn/layer_00.h5 ] || complain 'what was published is gone'
[ -e o/report.h5 ] && complain 'a report of a run that was stopped'
find o -name '.*.partial' | grep . && complain 'temporary files are left'
[ -e o/.claim ] && complain 'the claim is left'

# The same command goes on from there, on another number of ranks; the report is that of an undisturbed run.
cat >s.yml <<'YAML'
name: t
input: {synthetic: {n_samples: 3000, width: 64, depth: 11}}
stages: {knn: {k: 50}, id: {}, report: {}}
YAML
varve run s.yml output=whole -q
export VARVE_CACHE=kept
for limit in 0.25 0.5 1 2 4 8; do # until a layer is done, on slow machines
    varve_on 2 run s.yml output=o resources.time_limit="$limit"
    expect_status 'time limit' 75
    compgen -G 'kept/knn/*.table' >/dev/null && break
done
expect_line 'time limit' err 'varve: stopped: the time limit is over'
[ -e o/report.h5 ] && complain 'the time limit came too late for this test'
varve_on 3 run s.yml output=o --resume
expect_status 'resumed' 0
grep -q ' reused$' err || complain 'nothing was reused'
h5diff --exclude-path /provenance whole/report.h5 o/report.h5 >/dev/null || complain 'another report after resuming'
varve run s.yml output=never --resume
expect_status 'nothing to resume' 2
expect_part 'nothing to resume' err "there is no run in 'never' to go on with"

# Ctrl-C without a launcher: the same, and the shell learns that it was that; a second one ends the program at once.
set -m # or programs in the background would not get it
for times in 1 2; do
    rm -rf o
    VARVE_CACHE=none "$program" run c.yml output=o >out 2>err </dev/null &
    for _ in $(seq 200); do
        grep -q '^varve: id ' err && break
        sleep 0.1
    done
    kill -INT $!
    [ "$times" = 1 ] || { sleep 0.01 && kill -INT $!; }
    wait $!
    status=$?
    expect_status "Ctrl-C, $times" 130
    [ "$times" = 2 ] || { expect_line 'Ctrl-C' err 'varve: stopped on request' && expect_text 'Ctrl-C' o/STATUS stopped; }
    grep -q '^varve: stopping; Ctrl-C again ends at once$' err || complain "Ctrl-C, $times: no word: $(cat err)"
done
set +m
varve run s.yml output=o -q
expect_status 'after Ctrl-C' 0
(trap '' INT && exec "$program" run c.yml output=o >out 2>err </dev/null) &
for _ in $(seq 200); do
    grep -q '^varve: id ' err && break
    sleep 0.1
done
kill -INT $!
sleep 0.5
kill -0 $! || complain 'Ctrl-C ended a program in the background'
kill -USR1 $!
wait $!

# A file STOP, also in the middle of a long search on one rank.
cat >long.yml <<'YAML'
name: t
input: {synthetic: {n_samples: 60000, width: 256, depth: 0}}
stages: {knn: {k: 50}, report: {}}
YAML
for ranks in 1 2; do
    VARVE_CACHE=none "$launch" "$ranks" "$program" run long.yml output=long resources.threads=1 >out 2>err </dev/null &
    for _ in $(seq 300); do
        [ -s long/run.log ] && grep -q 'load .*1/1' long/run.log && break
        sleep 0.1
    done
    touch long/STOP
    begin=$SECONDS
    wait $!
    status=$?
    expect_status "STOP on $ranks" 75
    expect_line "STOP on $ranks" err 'varve: stopped: there is a file STOP'
    [ -e long/STOP ] && complain 'the request is still there'
    rm -rf long
done

# Two runs in one directory: the second says who holds it and leaves.
VARVE_CACHE=none "$launch" 2 "$program" run c.yml output=o >first 2>&1 </dev/null &
run=$!
for _ in $(seq 200); do grep -q '^varve: load ' first && break; sleep 0.1; done
varve run c.yml output=o
expect_status 'second run' 4
expect_errors 'second run' 1
expect_part 'second run' err "another run is going on in 'o': host $(hostname), process "
expect_part 'second run' err ' ago)'
# One that is killed leaves a claim that the next takes over. Only its own temporary files are cleared.
mkdir -p o/mine o/tables && : >o/mine.partial && : >o/mine/.mine.partial && : >o/tables/.late.csv.partial
pkill -9 -f "$program run c.yml output=o"
ended "$run" "run c.yml output=o"
varve run s.yml output=o -q
expect_status 'after a kill' 0
expect_part 'after a kill' err "warning: took over from a run that ended without a word: host $(hostname), process "
find o -name '*.partial' | grep -v mine && complain 'temporary files of the killed run are left'
[ -e o/mine.partial ] && [ -e o/mine/.mine.partial ] || complain 'files of the user are gone'
finish
