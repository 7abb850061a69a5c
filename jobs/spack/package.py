# SPDX-License-Identifier: MIT
# A Spack package: put this folder into a repository of yours as packages/varve/package.py
# (spack repo create DIR; spack repo add DIR), set `git` to where you cloned from, and: spack install varve
from spack.package import *


class Varve(MakefilePackage):
    """How the geometry of a neural network's representations changes with depth: exact neighbors, intrinsic
    dimension, neighborhood overlap, density peaks, information imbalance, distributed over MPI."""

    git = "file:///path/to/varve"

    license("MIT")

    version("main", branch="main")

    depends_on("c", type="build")
    depends_on("gmake", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("mpi")
    depends_on("hdf5@1.10: +mpi +hl")
    depends_on("openblas threads=none")
    depends_on("libyaml")
    depends_on("xxhash")
    depends_on("zlib-api")
    depends_on("random123", type="build")

    def make_variables(self):
        spec = self.spec
        return [
            f"CC={spec['mpi'].mpicc}",
            "HDF5_PKG=hdf5",
            "HDF5_LIBS=-lhdf5_hl",
            "BOOTSTRAP=no",
            f"CFLAGS=-I{spec['random123'].prefix.include}",
        ]

    def build(self, spec, prefix):
        make("varve", *self.make_variables())

    def install(self, spec, prefix):
        make("install", f"PREFIX={prefix}", *self.make_variables())
