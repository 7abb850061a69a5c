#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# jobs/local/run.sh: starts a run again that stopped before it was done, until it is; ends it for good when told to.
. "$(dirname "$0")/cycle.sh"

for limit in $(limits); do
    rm -rf o .varve-cache
    RANKS=2 THREADS=1 RESTARTS=60 "$jobs/local/run.sh" c.yml output=o -q resources.time_limit="$limit" >out 2>err </dev/null
    status=$?
    [ "$(grep -c 'once more' err)" -ge 2 ] && break
done
expect_status 'several attempts' 0
expect_line 'several attempts' err '2 ranks of 1 thread'
[ "$(grep -c '^stopped before it was done: once more$' err)" -ge 2 ] || complain "several attempts: $(cat err)"
went_on 'several attempts' o

RANKS=1 RESTARTS=0 "$jobs/local/run.sh" c.yml output=p -q resources.time_limit=0.2 resources.cache=none >out 2>err </dev/null
status=$?
expect_status 'no restarts' 75

# Its own choice of ranks and threads: all cores, no more.
"$jobs/local/run.sh" c.yml output=q -q resources.cache=none >out 2>err </dev/null
status=$?
expect_status 'by topology' 0
cores=$(env -u OMP_NUM_THREADS nproc)
awk -v cores="$cores" '/^[0-9]+ ranks? of [0-9]+ threads?$/ { n = $1 * $4 } END { exit !(n >= 1 && n <= cores) }' err ||
    complain "by topology: $(head -n 1 err) on $cores cores"
went_on 'by topology' q

# A signal to the script: the run ends, and is not started again.
cat >long.yml <<'YAML'
name: long
input: {synthetic: {n_samples: 60000, width: 256, depth: 0}}
stages: {knn: {k: 50}, report: {}}
YAML
RANKS=2 THREADS=1 "$jobs/local/run.sh" long.yml output=l >out 2>err </dev/null &
script=$!
for _ in $(seq 300); do
    grep -q '^varve: load ' err && break
    sleep 0.1
done
kill -TERM "$script"
wait "$script"
status=$?
expect_status 'TERM' 75
expect_text 'TERM' l/STATUS stopped
grep -q 'once more' err && complain 'TERM: started again'

# The program: that of its repository where none is installed; one that does not exist is said so.
mkdir -p elsewhere/jobs && cp -r "$jobs/local" elsewhere/jobs/ && cp "$VARVE" elsewhere/varve
(unset VARVE && RANKS=1 elsewhere/jobs/local/run.sh c.yml output=r -q --until knn >out 2>err </dev/null)
status=$?
expect_status 'not installed' 0
VARVE=./nowhere RANKS=1 "$jobs/local/run.sh" c.yml >out 2>err </dev/null
status=$?
expect_status 'no program' 2
expect_errors 'no program' 1

# An error is final.
RANKS=1 "$jobs/local/run.sh" absent.yml >out 2>err </dev/null
status=$?
expect_status 'an error' 2
expect_errors 'an error' 1
finish
