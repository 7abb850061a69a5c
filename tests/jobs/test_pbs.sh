#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# jobs/pbs/run.pbs under a stand-in for PBS: qsub starts a copy of the script with the variables it was given, in another
# folder. The job stops itself, submits itself again and completes. (Debian has no PBS to try it on.)
. "$(dirname "$0")/cycle.sh"
mkdir bin spool
cat >bin/qsub <<'SH'
#!/usr/bin/env bash
# qsub [-J A-B[:S]] -v NAME[=VALUE],... SCRIPT: only what is named reaches the job.
variables=() array=
while [ $# -gt 1 ]; do
    case $1 in
    -J) array=${2%%-*}; shift 2 ;;
    -v)
        IFS=, read -ra names <<<"$2"
        for name in "${names[@]}"; do
            case $name in
            *=*) variables+=("$name") ;;
            *) [ -z "${!name+x}" ] || variables+=("$name=${!name}") ;;
            esac
        done
        shift 2 ;;
    *) echo "qsub: $1?" >&2; exit 2 ;;
    esac
done
n=$(($(cat "$SPOOL/n" 2>/dev/null || echo 0) + 1))
echo "$n" >"$SPOOL/n"
cp "$1" "$SPOOL/job$n"
printf 'one\none\n' >"$SPOOL/nodes"
[ -z "$array" ] || variables+=("PBS_ARRAY_INDEX=$array")
here=$PWD
cd "$SPOOL" || exit 1
exec env -i PATH="$PATH" HOME="$HOME" SPOOL="$SPOOL" OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 \
    "${variables[@]}" PBS_JOBID="$n.stub" PBS_O_WORKDIR="$here" PBS_NODEFILE="$SPOOL/nodes" bash "$SPOOL/job$n"
SH
chmod +x bin/qsub
export PATH=$PWD/bin:$PATH SPOOL=$PWD/spool
launch_flags="$(command -v "${MPIRUN:-mpirun}")"
grep -q 'Open MPI' <("$launch_flags" --version) && launch_flags="$launch_flags -q --oversubscribe"

for limit in $(limits); do
    rm -rf o .varve-cache spool/n
    qsub -v "CONFIG=c.yml,ARGUMENTS=output=o -q,TIME_LIMIT=$limit s,RESTARTS=60,SCRIPT=$jobs/pbs/run.pbs,VARVE=$program,VARVE_LAUNCH=$launch_flags" \
        "$jobs/pbs/run.pbs" >out 2>err </dev/null
    [ "$(cat spool/n)" -gt 2 ] && break
done
[ "$(cat spool/n)" -gt 2 ] || complain "the job was not submitted again: $(cat out err)"
expect_part 'again' out 'stopped before the limit: submitted again'
went_on 'again' o

rm spool/n
qsub -v "CONFIG=c.yml,ARGUMENTS=output=p -q resources.cache=none,TIME_LIMIT=0.2 s,RESTARTS=2,SCRIPT=$jobs/pbs/run.pbs,VARVE=$program,VARVE_LAUNCH=$launch_flags" \
    "$jobs/pbs/run.pbs" >out 2>err </dev/null
status=$?
expect_status 'no more restarts' 75
[ "$(cat spool/n)" = 3 ] || complain "$(cat spool/n) jobs, not 3"

# A part of an array asks for its point of the sweep, also when it is submitted again.
cat >bin/point <<'SH'
#!/bin/sh
echo "$*" >>"$SPOOL/points"
exit 75
SH
chmod +x bin/point
qsub -J 3-3 -v "CONFIG=c.yml,RESTARTS=1,SCRIPT=$jobs/pbs/run.pbs,VARVE=varve,VARVE_LAUNCH=point" "$jobs/pbs/run.pbs" >out 2>err
expected='-n 2 varve run c.yml resources.time_limit=55 min --index 3'
expect_text 'a point' spool/points "$expected
$expected"
finish
