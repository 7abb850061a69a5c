-- SPDX-License-Identifier: MIT
-- A module file (Lmod) for an installed varve: save it as varve/0.1.0.lua in a folder of MODULEPATH, set `root` to the
-- PREFIX of `make install`.
local root = "/opt/varve"

help([[varve: how the geometry of a network's representations changes with depth. See `man varve`.]])
whatis("Name: varve")
whatis("Description: geometry of neural representations, layer by layer, on MPI")

depends_on("openmpi", "hdf5", "openblas") -- what it was built with
prepend_path("PATH", pathJoin(root, "bin"))
prepend_path("MANPATH", pathJoin(root, "share/man"))
setenv("OPENBLAS_NUM_THREADS", "1")
