#!/bin/sh
# SPDX-License-Identifier: MIT
# A run on this machine: run.sh CONFIG.yml [a.b=value ...] [OPTIONS of varve run]
# One rank for each NUMA domain, its cores as threads (RANKS=N, THREADS=N: others). When the run stops before it is
# done (resources.time_limit) it is started again, RESTARTS times at most (default 100). TERM, INT and USR1 to this
# script stop the run for good.
set -u
[ $# -ge 1 ] || { echo "usage: $0 CONFIG.yml [a.b=value ...]" >&2; exit 2; }
here=$(dirname "$0")
restarts=${RESTARTS:-100}

# Cores rather than hardware threads, and only those this process may use.
allowed=$(env -u OMP_NUM_THREADS -u OMP_THREAD_LIMIT nproc)
topology=$(lscpu -p=core,socket,node 2>/dev/null | grep -v '^#' | sort -u)
cores=$(printf '%s\n' "$topology" | grep -c .)
domains=$(printf '%s\n' "$topology" | cut -d, -f3 | sort -u | grep -c .)
if [ "$cores" -lt 1 ] || [ "$cores" -gt "$allowed" ]; then cores=$allowed; fi
if [ "$domains" -lt 1 ] || [ "$domains" -gt "$cores" ]; then domains=1; fi
ranks=${RANKS:-$domains}
threads=${THREADS:-$((cores / ranks))}
[ "$threads" -ge 1 ] || threads=1
export OMP_NUM_THREADS="$threads"
varve=${VARVE:-$(command -v varve || echo "$here/../../varve")} # installed, or built here
plural() { [ "$1" = 1 ] && echo "$1 $2" || echo "$1 $2s"; }
echo "$(plural "$ranks" rank) of $(plural "$threads" thread)" >&2

asked=no told=no
child=
trap 'asked=yes told=yes; [ -z "$child" ] || kill -USR1 "$child"' TERM INT USR1
while :; do
    "$here/mpirun.sh" "$ranks" "$varve" run "$@" &
    child=$!
    code=0
    wait "$child" || code=$?
    while [ "$told" = yes ]; do # the wait was cut short by a signal
        told=no code=0
        wait "$child" || code=$?
    done
    child=
    [ "$code" = 75 ] && [ "$asked" = no ] && [ "$restarts" -gt 0 ] || exit "$code"
    restarts=$((restarts - 1))
    echo "stopped before it was done: once more" >&2
done
