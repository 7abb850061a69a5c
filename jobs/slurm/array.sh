#!/bin/sh
# SPDX-License-Identifier: MIT
# A sweep as an array, one task a point: array.sh CONFIG.yml [a.b=value ...] [--sweep a.b=1,2 ...]
# SBATCH_FLAGS="--time=4:00:00 --array-limit..." goes to sbatch.
set -eu
[ $# -ge 1 ] || { echo "usage: $0 CONFIG.yml [a.b=value ...]" >&2; exit 2; }
varve=${VARVE:-$(command -v varve || echo ./varve)}
points=$("$varve" plan "$@" --count)
# shellcheck disable=SC2086  # a list of words
exec sbatch ${SBATCH_FLAGS-} --array="1-$points" "$(dirname "$0")/run.sbatch" "$@"
