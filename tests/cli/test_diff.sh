#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# varve diff: two reports of the same analysis agree; what differs is told, the largest first; exit codes of diff(1).
. "$(dirname "$0")/lib.sh"
cat >c.yml <<'YAML'
name: c
input: {synthetic: {n_samples: 300, width: 16, depth: 2}}
stages: {knn: {k: 20}, id: {}, composition: {k: [5, 10]}, depth: {}, report: {}}
YAML
varve run c.yml output=one -q
varve_on 3 run c.yml output=two -q
varve run c.yml output=three -q seed=2 input.synthetic.seed=2 stages.composition.k='[10, 20]' stages.similarity='{}'
varve run c.yml output=four -q input.layers=null input.synthetic.depth=1

varve diff one two
expect_status 'the same' 0
expect_line 'the same' out 'configuration: 1 key changed'
grep -q '^  output  .*one  *->  .*two$' out || complain "no word about output: $(cat out)"
values=$(sed -n 's/^the reports agree: \([0-9]*\) values in [0-9]* quantities, bit for bit$/\1/p' out)
[ "${values:-0}" -gt 100 ] || complain "only '$values' values were compared: $(tail -n 1 out)"
varve diff one one/report.h5 -q
expect_status 'itself' 0
[ "$(wc -l <out)" = 1 ] || complain 'quiet is more than the verdict'
varve_on 3 diff one two -q
expect_status 'on 3 ranks' 0
[ "$(wc -l <out)" = 1 ] || complain 'each rank speaks'

varve diff one three
expect_status 'another seed' 1
[ -s err ] && complain "a difference is no error: $(cat err)"
expect_line 'another seed' out 'only in a'
expect_line 'another seed' out '  composition/k 5'
expect_line 'another seed' out '  composition/k 20'
expect_line 'another seed' out '  similarity/linear_cka'
grep -q '^  stages.composition.k  *\[5, 10\]  *->  *\[10, 20\]$' out || complain 'the change of a list is not told'
grep -q '^  stages.similarity  *(absent)  *->  {' out || complain 'the new stage is not told'
grep -q '^  \.\.\. and [0-9]* more; -v shows them$' out || complain 'no word about the rest'
expect_part 'another seed' out 'the reports differ: '
awk '/^  quantity .* relative$/ { on = 1; last = 1e300; next } /^ *$|^  \.\.\./ { on = 0 }
     on { if ($NF + 0 > last) bad = 1; last = $NF + 0; n++ } END { exit bad || n < 20 }' out ||
    complain 'the differences are not in order'
varve diff one three -v
grep -q 'more; -v' out && complain '-v leaves something out'
grep -q ' id/gride/value ' out || complain 'the dimension does not differ'

# Two samples of one manifold: far fewer numbers differ beyond 5 of their errors, none beyond very many.
differing() { sed -n 's/^the reports \(differ: \([0-9]*\) of\|agree\).*/\2/p' out; }
exact=$(differing)
varve diff one three --errors 5
expect_status '5 errors' 1
expect_part '5 errors' out ' values beyond 5 standard errors, or at all where there are none, in '
grep -q '^  id/twonn/std_error ' out && complain 'errors are compared under --errors'
[ "$(differing)" -lt "$exact" ] || complain "$(differing) of $exact differ beyond 5 errors"
varve diff one three --errors 1e9
grep -q '^beyond their standard errors' out && complain 'something differs beyond 10^9 errors'
varve diff one three --errors=1e-9 --tolerance 1e300
grep -q '^beyond their standard errors' out || complain 'nothing differs beyond 10^-9 errors'
grep -q '^numbers without' out && complain 'something differs beyond any tolerance'

# Fewer layers: those that both have are compared by name.
varve diff one four
expect_status 'fewer layers' 1
expect_line 'fewer layers' out '  layer layer_02'

# One bit, one text.
cat >change.py <<'PY'
import sys, h5py, numpy
with h5py.File(sys.argv[1], "r+") as f:
    if sys.argv[2] == "bit":
        v = f["id/gride/value"][1, 2]
        f["id/gride/value"][1, 2] = numpy.nextafter(v, 10)
    if sys.argv[2] == "nan":
        f["id/gride/value"][1, 2] = numpy.nan
    if sys.argv[2] == "text":
        f["knn/metric"][0] = b"manhattan"[: f["knn/metric"].dtype.itemsize]
    if sys.argv[2] == "gone":
        del f["provenance"]
        del f["layers/name"]
    if sys.argv[2] == "earlier":  # no order of columns, one of them without a scale, one without words
        del f["provenance"].attrs["columns"]
        for name in ("long_name", "units", "description"):
            del f["id/gride/value"].attrs[name]
    if sys.argv[2] == "packed":  # by another program
        zeros = numpy.zeros(1 << 22)
        f.create_dataset("zeros", data=zeros, compression="gzip", compression_opts=9, chunks=zeros.shape)
    if sys.argv[2] == "huge":
        f.create_dataset("huge", (1 << 40,), "f8")
    if sys.argv[2] == "many":
        f.create_dataset("many", (2, 2, 2, 2, 2), "f8")
    if sys.argv[2] == "pairs":
        f.create_dataset("pairs", (2,), [("a", "f8"), ("b", "f8")])
PY
if "${PYTHON:-/usr/bin/python3}" -c 'import h5py' 2>/dev/null; then
    change() { rm -rf o && mkdir o && cp one/report.h5 o && "${PYTHON:-/usr/bin/python3}" change.py o/report.h5 "$1"; }
    change bit
    varve diff one o
    expect_status 'one bit' 1
    grep -qE '^  id/gride/value  layer_01  1 of [0-9]+  order 4 .* \+[0-9.]+e-16 ' out || complain "one bit: $(cat out)"
    grep -q '^the reports differ: 1 of' out || complain "one bit: $(tail -n 1 out)"
    varve diff one o --tolerance 1e-12
    expect_status 'within a tolerance' 0
    expect_part 'within a tolerance' out ', within a tolerance of 1e-12'
    change nan
    varve diff o one --tolerance 1e-2
    expect_status 'a number and NaN' 1
    grep -qE '^  id/gride/value .* nan ' out || complain "NaN: $(cat out)"
    varve diff o o/report.h5
    expect_status 'NaN and NaN' 0
    change text
    varve diff one o -v
    expect_status 'a text' 1
    grep -qE '^  knn/metric +layer_00 +1 of 1 +euclidean +manhattan$' out || complain "a text: $(cat out)"
    change gone
    varve diff one o
    expect_status 'no report of varve' 3
    expect_part 'no report of varve' err 'it has no /layers/name'
    change earlier
    varve diff one o
    expect_status 'a report of an earlier version' 0
    varve report o
    expect_status 'a page of a report alone' 3
    change packed
    varve diff one o
    expect_status 'a packed dataset' 1
    expect_line 'a packed dataset' out '  zeros'
    unfit() { # unfit CHANGE WHY
        change "$1"
        varve diff one o
        expect_status "$1" 3
        expect_text "$1" err "varve: error: cannot read 'o/report.h5': the dataset '$1' $2"
    }
    unfit huge 'would be larger than the file'
    unfit many 'is empty or has more than 4 dimensions'
    unfit pairs 'holds neither numbers nor texts'
    varve diff "$repository/tests/fixtures/absent" one
    expect_status 'absent' 3
fi

# Without memory, early and late: one error, nothing leaked.
debug=$repository/${VV_DEBUG_PROGRAM:-build/debug/varve}
if [ -x "$debug" ]; then
    for n in 1 10 100 600; do
        VARVE_FAULT=memory:0:$n "$debug" diff one three >out 2>err </dev/null
        status=$?
        expect_status "no memory, at the $n. time" 5
        expect_errors "no memory, at the $n. time" 1
        grep leaked err && complain "no memory, at the $n. time: leaked"
    done
fi

refused() { # refused WHAT STATUS ERR ARGUMENTS...
    local what=$1 code=$2 text=$3
    shift 3
    varve diff "$@"
    expect_status "$what" "$code"
    expect_text "$what" err "$text"
    [ -s out ] && complain "$what: something on standard output"
}
refused 'one report' 2 "varve: error: diff needs two reports
hint: usage: varve diff A B, folders of runs or report.h5 files" one
refused 'a tolerance that is none' 2 "varve: error: option '--tolerance' needs a number from 0, not 'small'" one two --tolerance small
refused 'negative errors' 2 "varve: error: option '--errors' needs a number above 0, not '-1'" one two --errors -1
mkdir -p empty
refused 'an empty folder' 3 "varve: error: there is no report in 'empty'
hint: a run with the stage report leaves one when it is done" one empty
refused 'no file' 3 "varve: error: there is no file 'nowhere'" nowhere one
head -c 2000 one/report.h5 >cut.h5
varve diff one cut.h5
expect_status 'a file that is cut' 3
expect_errors 'a file that is cut' 1
varve diff one c.yml
expect_status 'no HDF5 file' 3
expect_errors 'no HDF5 file' 1
finish
