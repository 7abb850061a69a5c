#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what varve needs and this machine lacks; does nothing where all is there (a cluster with
# modules). Usage: jobs/bootstrap.sh [build | test | slurm]
#   build   compiler, MPI, parallel HDF5, BLAS, YAML, xxHash, Random123, zlib     (default)
#   test    also what the tests use: cmocka, HDF5 tools, and h5py, xarray, gnuplot and chromium if they can be had
#   slurm   also Slurm and munge, for make check-slurm
# With CC=mpicc.mpich HDF5_PKG=hdf5-mpich it is MPICH that must be there.
# Debian and its relatives: through apt-get, as root or with sudo. Elsewhere: says what is missing.
set -eu

want=${1:-build}
PKG_CONFIG=${PKG_CONFIG:-pkg-config}
CC=${CC:-mpicc}

has_command() { command -v "$1" >/dev/null 2>&1; }
has_module() { has_command "$PKG_CONFIG" && "$PKG_CONFIG" --exists "$1" 2>/dev/null; }
has_header() { has_command "$CC" && printf '#include <%s>\n' "$1" | "$CC" -E -xc - >/dev/null 2>&1; }
has_python() { /usr/bin/python3 -c "import $1" >/dev/null 2>&1; }

missing='' # names for people
packages='' # Debian's names
need() { # need WHAT PACKAGES TEST...: notes what is absent
    what=$1 debian=$2
    shift 2
    "$@" && return
    missing="$missing
  $what"
    packages="$packages $debian"
}

need "C compiler" "gcc libc6-dev" has_command gcc
need "pkg-config" pkg-config has_command "$PKG_CONFIG"
case $CC in
*mpich*) mpi="libmpich-dev mpich" ;;
*) mpi="libopenmpi-dev openmpi-bin" ;;
esac
need "MPI compiler $CC and mpirun" "$mpi" has_command "$CC"
need "parallel HDF5 (pkg-config module ${HDF5_PKG:-hdf5-openmpi})" "lib${HDF5_PKG:-hdf5-openmpi}-dev" \
    has_module "${HDF5_PKG:-hdf5-openmpi}"
need "BLAS with cblas.h (pkg-config module ${BLAS_PKG:-openblas})" libopenblas-dev \
    has_module "${BLAS_PKG:-openblas}"
need "libyaml (pkg-config module ${YAML_PKG:-yaml-0.1})" libyaml-dev has_module "${YAML_PKG:-yaml-0.1}"
need "xxHash (pkg-config module ${HASH_PKG:-libxxhash})" libxxhash-dev has_module "${HASH_PKG:-libxxhash}"
need "zlib (pkg-config module ${ZLIB_PKG:-zlib})" zlib1g-dev has_module "${ZLIB_PKG:-zlib}"
need "Random123 (header Random123/philox.h)" librandom123-dev has_header Random123/philox.h
if [ "$want" = test ]; then
    need "HDF5 tools (h5diff, h5ls)" hdf5-tools has_command h5diff
    need "cmocka (pkg-config module ${TEST_PKG:-cmocka})" libcmocka-dev has_module "${TEST_PKG:-cmocka}"
fi
if [ "$want" = slurm ]; then need "Slurm and munge" "slurm-wlm munge" has_command slurmctld; fi

extras=''
if [ "$want" = test ]; then
    has_python h5py || extras="$extras python3-h5py"
    has_python xarray || extras="$extras python3-xarray"
    has_python h5netcdf || extras="$extras python3-h5netcdf"
    has_command shellcheck || extras="$extras shellcheck"
    has_command chromium || extras="$extras chromium"
    has_command gnuplot || extras="$extras gnuplot-nox"
fi

[ -n "$packages$extras" ] || exit 0

if [ "$(id -u)" = 0 ]; then sudo=''
elif has_command sudo; then sudo=sudo
else sudo=none; fi

if ! has_command apt-get || [ "$sudo" = none ]; then
    [ -n "$packages" ] || exit 0 # tests that want the extras skip
    echo "varve needs what this machine lacks:$missing" >&2
    if has_command apt-get; then
        echo "ask an administrator for: apt-get install$packages" >&2
    else
        echo "load the modules of your cluster, or set HDF5_PKG, BLAS_PKG, ... (see Makefile)" >&2
    fi
    exit 1
fi

install() {
    # shellcheck disable=SC2086  # a list of words
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" \
        </dev/null >&2
}

echo "installing:$packages$extras" >&2
$sudo apt-get update -q </dev/null >&2 || echo "warning: apt-get update failed; trying all the same" >&2
# shellcheck disable=SC2086  # lists of words
if [ -n "$packages" ]; then install $packages; fi
# shellcheck disable=SC2086
if [ -n "$extras" ]; then
    install $extras || echo "warning: could not install$extras; tests that use them will skip" >&2
fi
