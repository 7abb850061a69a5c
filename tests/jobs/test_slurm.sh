#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The templates of jobs/slurm/ on a real Slurm of one node: a job is told before its limit, ends with 75, is requeued, goes
# on and completes with the report of an undisturbed run; array tasks get their points, and are requeued alone; a chain
# ends when the work is done. Minutes: make check-slurm.
. "$(dirname "$0")/../cli/lib.sh"
. "$repository/tests/jobs/slurm.sh"
[ "${VV_SLURM:-no}" = yes ] || { echo 'takes minutes: make check-slurm'; exit 77; }
for command in slurmctld slurmd munged sbatch; do
    command -v "$command" >/dev/null || { echo "needs $command (Debian: slurm-wlm munge)"; exit 77; }
done
[ "$(id -u)" = 0 ] || { echo 'needs root'; exit 77; }
jobs=$repository/jobs/slurm
trap 'slurm_stop "$scratch/slurm"; rm -rf "$scratch"' EXIT
slurm_start "$scratch/slurm" || { tail -n 20 slurm/slurmctld.log slurm/slurmd.log; complain 'Slurm does not start'; finish; }
unset VARVE_CACHE

submit() { # submit WHAT COMMAND...: leaves the job's number in $job
    local what=$1
    shift
    "$@" >out 2>err </dev/null
    status=$?
    expect_status "$what" 0
    job=$(sed -n 's/^Submitted batch job //p' out)
}
# ends WHAT STATE SECONDS: the job does, with that state
ends() {
    slurm_until "$job" 'COMPLETED FAILED CANCELLED TIMEOUT NODE_FAIL' "$3" || complain "$1: still $(slurm_state "$job") after $3 s"
    [ "$(slurm_state "$job")" = "$2" ] || complain "$1: $(slurm_state "$job"), not $2: $(tail -n 20 ./*"$job"*.log)"
}

cat >c.yml <<'YAML'
name: c
input: {synthetic: {n_samples: 3000, width: 64, depth: 11}}
stages: {knn: {k: 50}, id: {}, report: {}}
YAML
VARVE_CACHE=none varve run c.yml output=whole -q
expect_status 'undisturbed' 0

# One that gets a fraction of the time until it is told to stop: the first attempt lasts until then on any machine.
cat >paced <<SH
#!/bin/bash
"$program" "\$@" &
child=\$!
[ -z "\${SLURM_RESTART_COUNT-}" ] && paced=yes || paced=no
trap 'paced=no; kill -CONT \$child; kill -USR1 \$child' USR1
sleep 2
while [ \$paced = yes ] && kill -0 \$child 2>/dev/null; do
    kill -STOP \$child; sleep 6; kill -CONT \$child; sleep 0.1
done
while :; do
    wait \$child; code=\$?
    kill -0 \$child 2>/dev/null || exit \$code
done
SH
chmod +x paced
export VARVE=$scratch/paced
submit 'a job' sbatch --time=2 --signal=B:USR1@45 "$jobs/run.sbatch" c.yml output=o
ends 'a job' COMPLETED 900
log=varve-$job.log
expect_line 'a job' "$log" 'varve: stopped on request'
expect_line 'a job' "$log" 'stopped before the limit: back into the queue'
grep -q ' reused$' "$log" || complain "a job: nothing was reused: $(cat "$log")"
scontrol -o show job "$job" >shown
grep -q ' Restarts=[1-9]' shown || complain 'a job: not requeued'
expect_text 'a job' o/STATUS 'done'
h5diff --exclude-path /provenance whole/report.h5 o/report.h5 >/dev/null || complain 'a job: another report'
h5dump -d /provenance/ranks o/report.h5 | grep -q '(0): 2$' || complain 'a job: not on 2 ranks'

# With mpirun inside the allocation.
export VARVE=$program
VARVE_LAUNCH=mpirun submit 'with mpirun' sbatch "$jobs/run.sbatch" c.yml output=m resources.cache=none
ends 'with mpirun' COMPLETED 300
h5diff --exclude-path /provenance whole/report.h5 m/report.h5 >/dev/null || complain 'with mpirun: another report'
h5dump -d /provenance/ranks m/report.h5 | grep -q '(0): 2$' || complain 'with mpirun: not on 2 ranks'

# A sweep, one task a point.
submit 'a sweep' "$jobs/array.sh" c.yml output=w resources.cache=none --sweep stages.knn.k=50,60
for task in 1 2; do
    slurm_until "${job}_$task" 'COMPLETED FAILED' 300
    [ "$(slurm_state "${job}_$task")" = COMPLETED ] || complain "point $task is $(slurm_state "${job}_$task")"
done
h5diff --exclude-path /provenance whole/report.h5 w/k=50/report.h5 >/dev/null || complain 'a sweep: another report at k = 50'
expect_text 'a sweep' w/k=60/STATUS 'done'

# What the templates ask of the program: one that notes it, and ends with 75 as often as a file says.
cat >noted <<'SH'
#!/bin/bash
[ "$1" = plan ] && { echo 3; exit; }
[ "$SLURM_PROCID" = 0 ] && echo "$*" >>"$NOTES"
sleep 1 # both tasks look before one of them counts
left=$(cat "$NOTES.left.${SLURM_ARRAY_TASK_ID:-0}" 2>/dev/null || echo 0)
sleep 1
[ "$left" -gt 0 ] || exit 0
[ "$SLURM_PROCID" = 0 ] && echo $((left - 1)) >"$NOTES.left.${SLURM_ARRAY_TASK_ID:-0}"
exit 75
SH
chmod +x noted
export VARVE=$scratch/noted NOTES=$scratch/notes
echo 1 >notes.left.2 # the second point is stopped once
submit 'an array' "$jobs/array.sh" c.yml output=a
ends 'an array' COMPLETED 300
for task in 1 2 3; do
    slurm_until "${job}_$task" COMPLETED 300 || complain "point $task is $(slurm_state "${job}_$task")"
done
[ "$(sort notes)" = 'run c.yml output=a --index 1
run c.yml output=a --index 2
run c.yml output=a --index 2
run c.yml output=a --index 3' ] || complain "an array runs: $(cat notes)"

rm notes
echo 2 >notes.left.0
"$jobs/chain.sh" 4 c.yml output=b >chain 2>err
[ "$(wc -l <chain)" = 4 ] || complain "a chain of $(wc -l <chain): $(cat err)"
{ read -r first; read -r second; read -r third; read -r fourth; } <chain
job=$third
ends 'the third of a chain' COMPLETED 300
[ "$(slurm_state "$first") $(slurm_state "$second")" = 'FAILED FAILED' ] || complain 'those stopped did not fail'
job=$fourth
ends 'the fourth of a chain' CANCELLED 200
[ "$(wc -l <notes)" = 3 ] || complain "a chain ran $(wc -l <notes) times"
finish
