#!/bin/sh
# SPDX-License-Identifier: MIT
# Starts a program on N ranks of this machine: jobs/local/mpirun.sh N PROGRAM [ARGUMENTS]
# Takes care of what otherwise needs flags: consent when root, more ranks than cores, one BLAS
# thread a rank. MPIRUN and MPIRUN_FLAGS replace the launcher (e.g. MPIRUN="srun").
set -eu
[ $# -ge 2 ] || { echo "usage: $0 N PROGRAM [ARGUMENTS]" >&2; exit 2; }
ranks=$1
shift
if ! command -v "$1" >/dev/null; then # launchers differ in what they say
    echo "varve: error: there is no program '$1'" >&2
    echo "hint: 'make varve' builds it, 'make install' puts it into the PATH" >&2
    exit 2
fi

cores=$(env -u OMP_NUM_THREADS -u OMP_THREAD_LIMIT nproc) # nproc would count those threads
export OPENBLAS_NUM_THREADS="${OPENBLAS_NUM_THREADS:-1}"
export OMP_WAIT_POLICY="${OMP_WAIT_POLICY-passive}" # threads that wait leave the core to other ranks
export HWLOC_HIDE_ERRORS="${HWLOC_HIDE_ERRORS-2}" # a container without /sys is no news
launcher=${MPIRUN:-mpirun}
flags=${MPIRUN_FLAGS-}

case $("${launcher%% *}" --version 2>/dev/null | head -n 1) in
*"Open MPI"*)
    # Slots count cores, not hardware threads: the number of ranks is the user's choice.
    flags="$flags -q --oversubscribe"
    if [ "$(id -u)" = 0 ]; then
        export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    fi
    # Containers often forbid the single-copy mechanism and warn about it on every start.
    export OMPI_MCA_btl_vader_single_copy_mechanism="${OMPI_MCA_btl_vader_single_copy_mechanism-none}"
    # Without it ranks hand blocks over in pieces of this size: 1 to 2 % of a search on two ranks.
    export OMPI_MCA_btl_vader_max_send_size="${OMPI_MCA_btl_vader_max_send_size-131072}"
    if [ "$ranks" -gt "$cores" ]; then export OMPI_MCA_mpi_yield_when_idle=1; fi
    export OMPI_MCA_hwloc_base_binding_policy="${OMPI_MCA_hwloc_base_binding_policy-none}"
    ;;
esac

# shellcheck disable=SC2086  # launcher and flags are lists of words
exec $launcher $flags -n "$ranks" "$@"
