#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# .npz, safetensors and CIFAR's binary files: the same layers give the same report in every format and on any number of
# ranks; every bad file one clear line and exit code 3.
. "$(dirname "$0")/lib.sh"
"$PYTHON" "$repository/tests/fixtures/make_formats.py" 2>reason ||
    { echo "skipped: the inputs are made with numpy and h5py: $(tail -n 1 reason)"; exit 77; }

# config LAYERS [LABELS]: c.yml for input.layers and input.labels in flow style
config() {
    local labels=${2:-{\}}
    cat >c.yml <<YAML
name: t
input: {layers: $1, labels: $labels}
stages: {knn: {k: 8}, id: {}, composition: {k: [3, 8]}, depth: {}, report: {}}
YAML
}
# same WHAT RANKS LAYERS [LABELS]: the report is that in whole/, but for provenance and how numbers were stored ($held:
# held as another type, too, which digests of values tell)
held=
same() {
    rm -rf o
    config "$3" "${4:-}"
    varve_on "$2" run c.yml -q output=o
    expect_status "$1" 0
    # shellcheck disable=SC2086
    "$PYTHON" "$repository/tests/cli/same_report.py" whole/report.h5 o/report.h5 layers/stored_type $held >difference 2>&1 ||
        { complain "$1 on $2 ranks: another report"; head -n 5 difference err; }
    for file in whole/artifacts/knn/*.h5; do
        cmp -s "$file" "o/${file#whole/}" || complain "$1 on $2 ranks: another ${file##*/}"
    done
}
# reference LAYERS [LABELS]: what the next ones are compared with
reference() {
    rm -rf whole
    config "$@"
    varve run c.yml -q output=whole
    expect_status "$1" 0
}

labels='{kind: {path: labels.npy}}'
reference '{path: "npy.{layer}.npy"}' "$labels"
[ "$(grep -v '^#' whole/tables/layers.csv | tail -n +2 | cut -d, -f2 | tr '\n' ' ')" = 'layer_0 layer_2 layer_10 ' ] ||
    complain 'layers are not in natural order'
same 'HDF5' 2 '{path: all.h5}' "$labels"
same 'npz, stored' 3 '{path: stored.npz}' '{kind: {path: stored.npz, dataset: labels}}'
for ranks in 1 2 3 4 7; do
    same 'npz, deflated' $ranks '{path: deflated.npz, dataset: layer_*}' '{kind: {path: deflated.npz, dataset: labels}}'
    same 'safetensors' $ranks '{path: f32.safetensors, dataset: layer_*}' '{kind: {path: f32.safetensors, dataset: labels}}'
done
same 'npz, 64-bit directory and a comment' 2 '{path: zip64.npz}' "$labels"
same 'npz, three dimensions' 3 '{path: cube.npz}' "$labels"
same 'npz, names between' 1 '{path: series.npz, dataset: "mean/{layer}"}' "$labels"
held=layers/digest
same 'safetensors, F64' 2 '{path: f64.safetensors}' "$labels"
held=
same 'safetensors, two files' 3 '{path: all.safetensors.index.json}' "$labels"
same 'safetensors, a length that looks like gzip' 1 '{path: looks_like_gzip.safetensors}' "$labels"
for type in f16:half.h5 bf16:brain.h5 int32:whole.h5 int64:whole.h5 int8:whole.h5 int16:whole.h5; do
    case $type in int8* | int16*) held=layers/digest ;; esac
    reference "{path: ${type#*:}}"
    same "safetensors, ${type%:*}" 3 "{path: ${type%:*}.safetensors}"
done
held=
reference '{path: half.h5}'
same 'npz, float16' 2 '{path: half.npz}'

# Texts as labels, in an archive.
config '{path: stored.npz}' '{kind: {path: deflated.npz, dataset: kinds}}'
varve_on 2 run c.yml -q output=o
expect_status 'texts in an archive' 0

# CIFAR: the image is the layer, each label a label set.
for set in data_batch_1.bin:labels train.bin:coarse_labels train.bin:fine_labels; do
    name=${set#*:}
    reference '{path: images.npz, dataset: images}' "{kind: {path: images.npz, dataset: ${name%_labels}}}"
    for ranks in 1 3; do same "CIFAR $name" $ranks "{path: ${set%:*}}" "{kind: {path: ${set%:*}, dataset: $name}}"; done
done
config '{path: looks_like_idx.bin}'
varve run c.yml -q output=o
expect_status 'CIFAR that looks like IDX' 0

# --- what is told of them
expect_inspect() { # FILE LINE ...
    varve inspect "$1"
    expect_status "inspect $1" 0
    for line in "${@:2}"; do expect_line "inspect $1" out "$line"; done
}
expect_inspect deflated.npz 'deflated.npz: npz, 5 arrays' '  kinds     text     (150)' '  layer_10  float32  (150, 12)'
expect_inspect odd.npz '  objects           cannot be read: cannot read '"'objects' of 'odd.npz'"': its type (descr) is not a plain number type' \
    '  fortran  float32  cannot be read: '"'fortran' of 'odd.npz' is stored in Fortran order"
expect_inspect bf16.safetensors 'bf16.safetensors: safetensors, 3 arrays' '  layer_2   bfloat16 (150, 12)'
expect_inspect f32.safetensors '  scale     float32  2'
expect_inspect all.safetensors.index.json 'all.safetensors.index.json: safetensors, several files, 3 arrays'
expect_inspect odd.safetensors '  é/😀 "x"\  float32  (150, 12)'
expect_inspect train.bin 'train.bin: CIFAR binary, 3 arrays' '  images         uint8    (60, 3, 32, 32)'
config '{path: stored.npz, dataset: layer_*}' '{kind: {path: stored.npz, dataset: kinds}}'
varve check c.yml
expect_status 'check' 0

# --- what is refused
refused() { # LAYERS TEXT [RANKS]
    config "$1"
    rm -rf o
    if [ $# -gt 2 ]; then varve_on "$3" run c.yml -q output=o; else varve run c.yml -q output=o; fi
    expect_status "$1" 3
    expect_text "$1" err "varve: error: $2"
}
alone() { refused "{path: $1}" "${@:2}"; }
damaged() { alone "$1" "'$1' is cut short or damaged: $2"; }
known='layers are read from HDF5, .npy, .npz, safetensors, IDX (also gzipped) and CIFAR'"'"'s .bin'
alone cut3.npz "'cut3.npz' is of no known format
hint: $known"
for cut in 30 half end; do damaged "cut$cut.npz" 'it has no directory at its end'; done
alone encrypted.npz "cannot read 'a' of 'encrypted.npz': it is encrypted"
alone lzma.npz "cannot read 'a' of 'lzma.npz': it is packed by method 14
hint: numpy.savez stores, numpy.savez_compressed deflates; both are read"
alone twice.npz "'twice.npz' holds two arrays called 'a'"
alone path.npz "'path.npz' calls an array '../a', which cannot name a layer or a file"
alone absolute.npz "'absolute.npz' calls an array '/a', which cannot name a layer or a file"
alone crc.npz "load layer 'a': 'a' of 'crc.npz' is cut short or damaged: fewer data than its header promises (150 x 12) (rank 1)" 2
alone size.npz "'a' of 'size.npz' is damaged: stored in 7328 bytes, but it has 7329"
alone short.npz "'a' of 'short.npz' is cut short: 7199 bytes of data where its header promises 7200"
alone none.npz "'none.npz' is an archive without .npy members
hint: arrays are written with numpy.savez or numpy.savez_compressed"
alone empty.npz "'empty.npz' is an archive without .npy members
hint: arrays are written with numpy.savez or numpy.savez_compressed"
alone torch.npz "'torch.npz' is an archive without .npy members
hint: it looks like a file of torch.save: write the tensors with safetensors, h5py or numpy instead"
alone wide.npz "'fortran' of 'wide.npz' is stored in Fortran order
hint: save it in C order: numpy.ascontiguousarray(x)"
alone nomatrix.npz "'nomatrix.npz' holds no array of 2 or more dimensions
hint: it holds: labels"
refused '{path: odd.npz, dataset: "[co]*"}' "cannot read 'objects' of 'odd.npz': its type (descr) is not a plain number type"
refused '{path: odd.npz, dataset: complex}' "cannot read 'complex' of 'odd.npz': numbers of type 'c8' are not supported
hint: save it as float32: numpy.save(file, x.astype('float32'))"
refused '{path: odd.npz, dataset: layer_*}' "no dataset of 'odd.npz' matches 'layer_*'
hint: it holds: good, fortran, objects, complex"
config '{path: odd.npz, dataset: good}'
varve run c.yml -q output=o
expect_status 'what cannot be read is not in the way' 0

header() { alone "$1.safetensors" "cannot read '$1.safetensors': its header is damaged: $2"; }
alone cut7.safetensors "'cut7.safetensors' is of no known format
hint: $known"
alone cut8.safetensors "'cut8.safetensors' is of no known format
hint: $known"
alone cut40.safetensors "'cut40.safetensors' is cut short: it ends within its header"
alone cutend.safetensors "'cutend.safetensors' is cut short or damaged: 'scale' should be in the bytes 22800 to 22804 of 22803 behind its header"
alone long.safetensors "cannot read 'long.safetensors': its header is absurdly long"
alone dtype.safetensors "'a' of 'dtype.safetensors' has numbers of type F8_E4M3, which is not supported
hint: save it as float32: x.to(torch.float32)"
alone shape.safetensors "'shape.safetensors' is damaged: 'a' has 7200 bytes where its shape and type need 6600"
alone huge.safetensors "the shape of 'a' of 'huge.safetensors' is larger than any memory"
header large 'a number is too large (byte 51)'
header negative 'a whole number is expected (byte 33)'
header dims 'a tensor has more than 8 dimensions (byte 51)'
alone offsets.safetensors "'offsets.safetensors' is cut short or damaged: 'a' should be in the bytes 0 to 7201 of 7200 behind its header"
alone backwards.safetensors "'backwards.safetensors' is cut short or damaged: 'a' should be in the bytes 7200 to 0 of 7200 behind its header"
header three 'data_offsets are not two numbers (byte 66)'
header incomplete 'a tensor lacks its dtype, shape or data_offsets (byte 68)'
header json 'a comma or the closing bracket is missing (byte 69)'
header after 'something follows the end (byte 70)'
header deep 'nested too deeply (byte 81)'
header escape 'half a character in a string (byte 8)'
header nul 'a string holds NUL (byte 9)'
header comma 'a comma or the closing bracket is missing (byte 22)'
alone same.safetensors "'same.safetensors' holds two arrays called 'a'"
alone parent.safetensors "'parent.safetensors' calls an array '../a', which cannot name a layer or a file"
index() { alone "$1.safetensors.index.json" "$2"; }
index outside "'outside.safetensors.index.json' says that 'a' is in '../part-1-of-2.safetensors', which is no file beside it"
index missing "cannot open 'part-3-of-2.safetensors': No such file or directory"
index wrong "'wrong.safetensors.index.json' says that 'a' is in 'part-1-of-2.safetensors', where it is not"
index bare "cannot read 'bare.safetensors.index.json': it has no weight_map"
index text "cannot read 'text.safetensors.index.json': the index is damaged: a string is expected (byte 21)"

records='hint: records have 3073 bytes in CIFAR-10 (1 label) and 3074 in CIFAR-100 (2 labels); other formats are known by their first bytes, not by .bin'
alone cut.bin "'cut.bin' is no file of CIFAR: its 184379 bytes are no records with labels that exist
$records"
alone one.bin "'one.bin' is no file of CIFAR: its 1 bytes are no records with labels that exist
$records"
refused '{path: class.bin}' "load layer 'images': 'class.bin' is no file of CIFAR-10: record 40 has the label 10 (rank 1)" 2

# Cut anywhere, they are refused: no crash, no other code.
for file in deflated.npz f32.safetensors all.safetensors.index.json data_batch_1.bin; do
    size=$(stat -c %s "$file")
    cut=cut_${file}
    for ((at = 0; at < size; at += size / 11 + 1)); do
        head -c "$at" "$file" >"$cut"
        varve check c.yml "input.layers={path: $cut}"
        [ "$file" = data_batch_1.bin ] && [ "$status" = 0 ] && continue # cut between two records
        expect_status "$file cut at $at" 3
        expect_errors "$file cut at $at" 1
    done
done

# A file that changed is read anew, as it is known in the cache by size, time and (shards) by its own file.
export VARVE_CACHE=$PWD/cache
for file in all.safetensors.index.json stored.npz; do
    config "{path: $file, dataset: layer_*}"
    varve run c.yml -q output=o
    varve run c.yml -v output=o
    grep -q 'load *1/3 layer_0 *reused' err || complain "$file: load is not reused"
done
"$PYTHON" - <<PY
import sys; sys.path.insert(0, "$repository/tests/fixtures")
from formats import safetensors
import numpy as np
safetensors("part-1-of-2.safetensors", {"layer_10": np.load("npy.layer_0.npy")})
PY
config '{path: all.safetensors.index.json}'
varve run c.yml -v output=o
grep -q 'load *1/3 layer_0 *reused' err || complain 'another shard: layer_0 is not reused'
grep -q 'load *3/3 layer_10 *reused' err && complain 'a shard that changed was not noticed'
finish
