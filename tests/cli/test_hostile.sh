#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Files and places that are against us: HDF5 cut at every 4 KiB, loops of links, spaces and odd names, folders that
# cannot be written, a million classes, one, two and three samples. One line, the documented code, nothing left.
. "$(dirname "$0")/lib.sh"
"$PYTHON" -c 'import numpy, h5py' 2>/dev/null || { echo 'needs numpy and h5py'; exit 77; }

# refused WHAT STATUS TEXT ARGUMENTS: one error line that contains TEXT, within a minute, nothing half-written
refused() {
    local what=$1 code=$2 text=$3
    shift 3
    timeout 60 "$launch" "${ranks:-1}" "$program" "$@" >out 2>err </dev/null
    status=$?
    expect_status "$what" "$code"
    expect_errors "$what" 1
    expect_part "$what" err "$text"
    find . -name '*.partial' | grep . && complain "$what: temporary files are left"
}

cat >c.yml <<'YAML'
name: c
input: {layers: {path: whole.h5}, duplicates: keep}
stages: {knn: {k: 4}, id: {}, composition: {k: [2]}, depth: {}, report: {}}
YAML
"$PYTHON" - <<'PY'
import h5py, numpy as np
rng = np.random.default_rng(1)
with h5py.File("whole.h5", "w") as f:
    for layer in range(3):
        f.create_dataset(f"layer_{layer}", data=rng.standard_normal((150, 9 + layer)).astype("f4"))
    f.create_dataset("packed", data=rng.standard_normal((150, 20)), chunks=(10, 20), compression="gzip")
np.save("million.npy", np.arange(1000000).reshape(-1, 1).astype("f4"))
for n in 1, 2, 3, 5:
    np.save(f"rows_{n}.npy", rng.standard_normal((n, 3)))
PY

# Cut anywhere, a file is refused, or (where only what no layer needs is missing) read as it was.
varve run c.yml output=whole -q
expect_status 'whole' 0
size=$(stat -c %s whole.h5)
for ((at = 0; at < size; at += 4096)); do
    head -c "$at" whole.h5 >cut.h5
    ranks=$((1 + at / 4096 % 3)) refused "cut at $at" 3 "'cut.h5'" run c.yml output=o input.layers.path=cut.h5
done
for ((at = 0; at < size; at += 4096)); do # and with a hole in it: no crash, no hang, no bad code
    cp whole.h5 hole.h5
    dd if=/dev/zero of=hole.h5 bs=1 count=512 seek="$at" conv=notrunc 2>/dev/null
    rm -rf o
    timeout 60 "$program" run c.yml output=o input.layers.path=hole.h5 >out 2>err </dev/null
    status=$?
    [ "$status" = 0 ] && continue
    expect_status "hole at $at" 3
    expect_errors "hole at $at" 1
done

ln -s loop_b loop_a && ln -s loop_a loop_b
refused 'a loop of links' 3 "cannot open 'loop_a'" run c.yml output=o input.layers.path=loop_a
refused 'a folder in a loop' 4 "cannot make the directory 'loop_a" run c.yml output=loop_a/o
mkdir 'a place' && cp whole.h5 "a place/wh ole's \"file\".h5"
varve_on 2 run c.yml "output=an other/place" "input.layers.path=\"a place/wh ole's \\\"file\\\".h5\"" -q
expect_status 'spaces and quotes' 0
[ -s 'an other/place/report.h5' ] || complain 'spaces and quotes: no report'
VARVE_CACHE='a cache' varve run c.yml 'output=an other/place' -q
expect_status 'a cache with a space' 0

# Folders that cannot be written: a file is in the way, or (not as root) the mode.
: >file
refused 'a file in the way' 4 "cannot make the directory 'file'" run c.yml output=file/o
refused 'a file as the run directory' 4 "cannot make the directory 'file'" run c.yml output=file
if [ "$(id -u)" != 0 ]; then
    mkdir closed && chmod 555 closed
    refused 'read-only' 4 "cannot make the directory 'closed/o'" run c.yml output=closed/o
    chmod 000 "a place"
    refused 'unreadable' 3 'Permission denied' run c.yml output=o 'input.layers.path=a place/x.h5'
    chmod 755 "a place"
fi
[ -e /dev/full ] && refused 'the layers are a device' 3 "/dev/full" run c.yml output=o input.layers.path=/dev/full

# Few samples, more ranks than samples.
for n in 1 2 3; do
    ranks=$((n + 1)) refused "$n samples" 2 "4 neighbors need more than 4 samples, but the layers have $n" \
        run c.yml output=o input.layers.path="rows_$n.npy" # the complaint has its place in front
done
varve_on 4 run c.yml output=o input.layers.path=rows_3.npy stages.knn.k=2 'stages.composition.k=[1]' -q
expect_status '3 samples' 0
varve_on 3 run c.yml output=o input.layers.path=rows_2.npy 'stages={knn: {k: 1}, report: {}}' -q
expect_status '2 samples' 0
varve_on 7 run c.yml output=o input.layers.path=rows_5.npy -q
expect_status '5 samples on 7 ranks' 0

# Values of configuration that no machine can do.
for value in -1 0 9223372036854775807 9223372036854775808 1e30; do
    refused "k = $value" 2 'error' run c.yml output=o stages.knn.k="$value"
done
refused 'a limit beyond all' 2 'input.samples.limit' run c.yml output=o input.samples.limit=1e15
refused 'memory for nothing' 2 'resources.memory' run c.yml output=o resources.memory=1

# As many classes as samples, a million of them: read, counted, and refused by what needs two of one.
seq 1000000 >labels.txt
timeout 120 "$program" run c.yml output=o input.layers.path=million.npy 'input.labels.all.path=labels.txt' --until load \
    >out 2>err </dev/null
status=$?
expect_status 'a million classes' 0
finish
