#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# SIGUSR1 ends a run at the next sync point: exit code 75, one line, STATUS says so, no temporary files.
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
expect_status 'stopped' 75
[ "$(tail -n 1 err)" = 'varve: stopped on request' ] || { complain 'the last line is'; tail -n 1 err; }
expect_text 'stopped' o/STATUS stopped
[ -s o/artifacts/knn/layer_00.h5 ] || complain 'what was published is gone'
[ -e o/report.h5 ] && complain 'a report of a run that was stopped'
find o -name '.*.partial' | grep . && complain 'temporary files are left'
finish
