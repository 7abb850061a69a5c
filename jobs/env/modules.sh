# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Building on a cluster: copy this, name the modules as your site does, then: . ./modules.sh && make varve
# (Where a library is missing, `make` says which; BOOTSTRAP=no keeps it from trying to install.)
module purge
module load gcc openmpi hdf5 openblas # parallel HDF5, built with that MPI

# What pkg-config calls the libraries here; see `pkg-config --list-all`.
export HDF5_PKG=hdf5 BLAS_PKG=openblas YAML_PKG=yaml-0.1 HASH_PKG=libxxhash ZLIB_PKG=zlib
export BOOTSTRAP=no

# Libraries of your own, such as libyaml, xxHash and Random123 (headers only):
# export PKG_CONFIG_PATH="$HOME/.local/lib/pkgconfig:$PKG_CONFIG_PATH" CPATH="$HOME/.local/include"
