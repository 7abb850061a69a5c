#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# jobs/spack/package.py against a stand-in for Spack's interface: it names what the program needs, and calls make with
# variables that the Makefile knows.
. "$(dirname "$0")/../cli/lib.sh"
python=${PYTHON:-/usr/bin/python3}
command -v "$python" >/dev/null || { echo 'needs Python'; exit 77; }
cat >try.py <<'PY'
import re, sys, types

package_file, makefile = sys.argv[1:]
told = {"version": [], "depends_on": [], "license": []}
made = []


def directive(name):
    def note(*args, **kwargs):
        told[name].append((args, kwargs))
    return note


class Prefix(str):
    include = property(lambda self: self + "/include")


class Spec(dict):
    def __missing__(self, name):
        return types.SimpleNamespace(prefix=Prefix("/spack/" + name), mpicc="/spack/mpi/bin/mpicc")


class MakefilePackage:
    spec = Spec()


stub = types.ModuleType("spack.package")
stub.MakefilePackage = MakefilePackage
stub.make = lambda *args: made.append(args)
for name in told:
    setattr(stub, name, directive(name))
sys.modules["spack"] = types.ModuleType("spack")
sys.modules["spack.package"] = stub
scope = {}
exec(compile(open(package_file).read(), package_file, "exec"), scope)
package = scope["Varve"]()
package.build(package.spec, "/prefix")
package.install(package.spec, "/prefix")

needs = " ".join(args[0] for args, _ in told["depends_on"])
for library in ["mpi", "hdf5", "openblas", "libyaml", "xxhash", "zlib-api", "random123"]:
    assert re.search(rf"\b{library}\b", needs), f"no dependency on {library}"
assert told["license"][0][0] == ("MIT",) and told["version"]
assert [args[0] for args in made] == ["varve", "install"], made
assert "PREFIX=/prefix" in made[1]
text = open(makefile).read()
for args in made:
    assert "CC=/spack/mpi/bin/mpicc" in args
    for word in args[1:]:
        name = word.split("=")[0]
        assert re.search(rf"\$\({name}\)|^{name} *[?:]?=", text, re.M), f"the Makefile has no {name}"
    assert re.search(rf"^{args[0]}:", text, re.M), f"the Makefile has no target {args[0]}"
PY
"$python" try.py "$repository/jobs/spack/package.py" "$repository/Makefile" || complain 'the package is not as it should be'
finish
