#!/bin/sh
# SPDX-License-Identifier: MIT
# Up to N jobs, each after the one before it: chain.sh N CONFIG.yml [a.b=value ...]
# For clusters that do not requeue. A job begins when the one before it did not end well, and goes on where that was
# stopped; when one ends well, those after it are cancelled. SBATCH_FLAGS="--time=4:00:00" goes to sbatch.
set -eu
[ $# -ge 2 ] || { echo "usage: $0 N CONFIG.yml [a.b=value ...]" >&2; exit 2; }
jobs=$1
shift
export VARVE_RESTARTS=0
after=
while [ "$jobs" -gt 0 ]; do
    # shellcheck disable=SC2086  # lists of words
    job=$(sbatch --parsable --no-requeue ${SBATCH_FLAGS-} $after "$(dirname "$0")/run.sbatch" "$@")
    echo "$job"
    after="--dependency=afternotok:${job%%;*} --kill-on-invalid-dep=yes"
    jobs=$((jobs - 1))
done
