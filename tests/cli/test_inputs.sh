#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every input format gives the same numbers; every bad input one clear line and exit code 3.
. "$(dirname "$0")/lib.sh"
"${PYTHON:-/usr/bin/python3}" "$repository/tests/fixtures/make_inputs.py" 2>reason ||
    { echo "skipped: the inputs are made with numpy and h5py: $(tail -n 1 reason)"; exit 77; }

# config PATH [LINE ...]: c.yml for the layers at PATH with more lines under input:
config() {
    local path=$1
    shift
    printf 'name: t\noutput: o\ninput:\n  layers:\n    path: "%s"\n' "$path" >c.yml
    if [ $# -gt 0 ]; then printf '  %s\n' "$@" >>c.yml; fi
    printf 'stages: {knn: {k: 5}, id: {}, composition: {k: [3, 5]}, depth: {}, report: {}}\n' >>c.yml
    rm -rf o
}
tables() { # what the run found, without the names of files and types
    [ "$status" = 0 ] || { cat err; return; }
    grep -v '^#' o/tables/id_gride.csv | cut -d, -f1,3-
    grep -v '^#' o/tables/composition.csv | cut -d, -f1,2,4,6-
    grep -v '^#' o/tables/composition_label_overlap.csv 2>/dev/null | cut -d, -f1,2,4-
}

# --- formats
config 'float32.{layer}.npy' 'labels: {kind: {path: labels.npy}}'
varve_on 2 run c.yml -q
expect_status 'npy, float32' 0
tables >expected
[ "$(cut -d, -f2 o/tables/layers.csv | tail -n 3 | tr '\n' ' ')" = 'layer_0 layer_2 layer_10 ' ] ||
    complain 'layers are not in natural order'
same() { # same WHAT PATH LINES...
    local what=$1
    shift
    config "$@"
    varve run c.yml -q
    tables >got
    cmp -s expected got || { complain "$what: other numbers"; diff expected got | head -n 5; }
}
labels='labels: {kind: {path: labels.npy}}'
for kind in uint8 float16 float64 int16 int32 int64 big cube; do
    same "npy, $kind" "$kind.{layer}.npy" "$labels"
done
same 'IDX' 'i.{layer}.idx' "$labels"
same 'IDX, gzip' 'i.{layer}.idx.gz' "$labels"
same 'IDX, three dimensions' 'deep.{layer}.idx' "$labels"
for group in f32 f16 u8 packed; do
    config all.h5 "$labels"
    sed -i "s|    path: \"all.h5\"|    path: all.h5\n    dataset: $group/layer_*|" c.yml
    varve_on 3 run c.yml -q
    tables >got
    cmp -s expected got || { complain "HDF5, $group: other numbers"; diff expected got | head -n 5; }
done

# --- labels
for source in '{path: all.h5, dataset: labels}' '{path: labels.idx.gz}' '{path: labels.csv, column: class}' \
    '{path: all.h5, dataset: names}' '{path: all.h5, dataset: fixed}' \
    '{path: names.npy}' '{path: labels.csv, column: "the, kind"}' '{path: bare.csv, column: 1}' \
    '{path: labels.txt}'; do
    same "labels $source" 'float32.{layer}.npy' "labels: {kind: $source}"
done
config float32.layer_0.npy 'labels: {kind: {path: labels.npy, missing: 2}, flag: {path: all.h5, dataset: flags}}'
varve run c.yml -q
expect_status 'two label sets' 0
expect_part 'two label sets' o/tables/composition_label_overlap.csv 'k,layer,layer_name,kind,'
expect_part 'two label sets' o/tables/composition_label_overlap.csv ',flag,flag_std_error,'

# A byte-order mark is no part of a label; NaN can stand for no label; an empty last field is one.
same 'labels with a byte-order mark' 'float32.{layer}.npy' 'labels: {kind: {path: marked.txt}}'
same 'labels in CSV with a mark' 'float32.{layer}.npy' 'labels: {kind: {path: marked.csv, column: kind}}'
config float32.layer_0.npy 'labels: {kind: {path: all.h5, dataset: gaps, missing: nan}, last: {path: last.csv, column: 1}}'
varve run c.yml -q
expect_status 'labels with NaN' 0

# --- selection, subsamples, duplicates
pick() {
    config 'float32.{layer}.npy'
    sed -i "s|^    path: .*|&\n    select: $1|" c.yml
    varve run c.yml -q
    expect_status "select $1" 0
    [ "$(grep -v '^#' o/tables/layers.csv | tail -n +2 | cut -d, -f2 | tr '\n' ' ')" = "$2" ] ||
        { complain "select $1: other layers"; cut -d, -f2 o/tables/layers.csv; }
}
pick '[0, -1]' 'layer_0 layer_10 '
pick '1..2' 'layer_2 layer_10 '
pick 'layer_1*' 'layer_10 '
config 'float32.{layer}.npy' 'samples: {limit: 40, seed: 3}'
varve run c.yml -q
mv o first
rm -rf o
varve_on 4 run c.yml -q
for file in first/artifacts/knn/*.h5; do cmp "$file" "o/artifacts/knn/${file##*/}"; done >difference ||
    complain "subsamples on 4 ranks: $(cat difference)"
expect_part 'subsample' o/tables/layers.csv ',40,40,0,40,'
sed -i 's/seed: 3/seed: 4/' c.yml
rm -rf o
varve run c.yml -q
cmp -s first/artifacts/knn/layer_0.h5 o/artifacts/knn/layer_0.h5 && complain 'the seed changes no subsample'
config twins.npy 'duplicates: drop'
varve_on 2 run c.yml -q
expect_status 'drop' 0
expect_text 'drop' err "varve: warning: layer 'twins': dropped 3 of 60 rows that repeat an earlier one; 57 distinct rows remain"
expect_part 'drop' o/tables/layers.csv 'twins,twins,6,float32,60,57,3,57,0,'
config twins.npy 'duplicates: keep'
varve_on 2 run c.yml -q
expect_text 'keep' err "varve: warning: layer 'twins': 3 of 60 rows repeat an earlier one and are kept"
expect_part 'keep' o/tables/knn.csv '0,twins,5,euclidean,8,' # a pair: 2 zero distances, a triple: 6
expect_part 'keep' o/tables/id_twonn.csv ',55,'              # 5 rows have their nearest at zero
config allsame.npy 'duplicates: drop'
varve_on 3 run c.yml -q
expect_status 'one distinct row' 0
expect_part 'one distinct row' err "layer 'allsame': only 0 neighbors exist for each of 1 rows"
expect_part 'one distinct row' err "layer 'allsame': no ID: "
config constant.npy
varve run c.yml
expect_line 'constant feature' err "varve: layer 'constant': 1 of 6 features are constant"

# --- what is refused
refused() { # refused PATH TEXT [LINES ...]
    local path=$1 text=$2
    shift 2
    config "$path" "$@"
    varve_on 2 run c.yml -q
    expect_status "$path $*" 3
    expect_text "$path $*" err "varve: error: $text"
    find o -name '.*.partial' 2>/dev/null | grep -q . && complain "$path: temporary files are left"
}
duplicates="hint: duplicates have no intrinsic dimension; set input.duplicates to drop (keeps the first of each) or keep"
format="hint: layers are read from HDF5, .npy, .npz, safetensors, IDX (also gzipped) and CIFAR's .bin"
refused fortran.npy "'fortran.npy' is stored in Fortran order
hint: save it in C order: numpy.save('fortran.npy', numpy.ascontiguousarray(x))"
refused complex.npy "cannot read 'complex.npy': numbers of type 'c8' are not supported
hint: save it as float32: numpy.save(file, x.astype('float32'))"
refused text.npy "'text.npy' holds texts, not numbers"
refused norows.npy "layer 'norows' of 'norows.npy' is empty: 0 rows of 6 features"
refused nocols.npy "layer 'nocols' of 'nocols.npy' is empty: 60 rows of 0 features"
refused nan.npy "load layer 'nan': 'nan.npy': 3 of 360 values are not finite, the first is -infinity in row 7, feature 2
hint: rows and features count from 0; leave such samples out when writing the file, or write float32 where float16 overflows"
expect_line 'status of a failed run' o/STATUS \
    "failed: load layer 'nan': 'nan.npy': 3 of 360 values are not finite, the first is -infinity in row 7, feature 2"
refused large.npy "load layer 'large': 'large.npy': 360 of 360 values are 2^53 or more and would lose digits, the first is too large in row 0, feature 0
hint: rows and features count from 0; write such values as float64"
refused twins.npy "load layer 'twins': 'twins.npy': 3 of 60 rows repeat an earlier one, the first is row 30, equal to row 2
$duplicates"
refused zeros.npy "load layer 'zeros': 'zeros.npy': 1 of 60 rows repeat an earlier one, the first is row 11, equal to row 9
$duplicates"
refused cut4.npy "'cut4.npy' is of no known format
$format"
for bytes in 8 40 127; do
    refused "cut$bytes.npy" "cannot read 'cut$bytes.npy': its header is cut short"
done
refused cut128.npy "'cut128.npy' is cut short: 0 bytes of data where its header promises 1440"
refused cut1567.npy "'cut1567.npy' is cut short: 1439 bytes of data where its header promises 1440"
refused garbled.npy "cannot read 'garbled.npy': its type (descr) is not a plain number type"
refused huge.npy "the shape of 'huge' of 'huge.npy' is larger than any memory"
refused negative.npy "cannot read 'negative.npy': its shape is damaged"
refused type.idx "'type.idx' is of no known format
$format"
refused cut.idx.gz "load layer 'cut': 'cut.idx.gz' is cut short or damaged: fewer data than its header promises (60 x 6)"
refused cut.idx "load layer 'cut': 'cut.idx' is cut short or damaged: fewer data than its header promises (60 x 6) (rank 1)"
refused rows.h5 "layer 'layer_3' of 'rows.h5' has 59 rows where the first layer has 60
hint: all layers must hold the same samples in the same order"
refused empty.npy "'empty.npy' is empty"
refused notes.txt "'notes.txt' is of no known format
$format"
refused nothing.h5 "'nothing.h5' holds no array of 2 or more dimensions
hint: it holds: labels"
refused absent.npy "cannot open 'absent.npy': No such file or directory
hint: relative paths count from the folder of the configuration file"
refused . "'.' is a directory
hint: for one file per layer use a pattern such as './{layer}.npy'"
refused 'x.{layer}.npy' "no file matches 'x.{layer}.npy'"
config cut.h5
varve_on 2 run c.yml -q
expect_status cut.h5 3
expect_errors cut.h5 1
expect_part cut.h5 err "varve: error: cannot open 'cut.h5': truncated file: "
expect_line cut.h5 err 'hint: is the file complete, and closed by the program that wrote it?'

label() { refused float32.layer_0.npy "$2" "labels: {kind: $1}"; }
label '{path: short.npy}' "labels 'kind': 59 labels in 'short.npy' where the layers have 60 rows"
label '{path: all.h5, dataset: soft}' "labels 'kind': 0.5 at sample 0 of 'all.h5' is not a whole number"
label '{path: all.h5, dataset: large}' "labels 'kind': 1.15292e+18 at sample 0 of 'all.h5' is not a whole number below 2^53"
label '{path: all.h5}' "labels 'kind': which dataset of 'all.h5'?
hint: add dataset: NAME; 'varve inspect all.h5' lists them"
label '{path: all.h5, dataset: label}' "labels 'kind': 'all.h5' has no dataset 'label'
hint: 'varve inspect all.h5' lists them"
label '{path: all.h5, dataset: pairs}' "labels 'kind': 'pairs' of 'all.h5' has 2 values per sample, not one"
label '{path: none.npy, missing: -1}' "labels 'kind': no sample of 'none.npy' is labelled"
label '{path: labels.npy, missing: cat}' "labels 'kind': missing: 'cat' is not an integer, but the labels are"
label '{path: labels.csv, column: kind}' "'labels.csv' has no column 'kind'
hint: its first line reads: id, the, kind, class"
label '{path: labels.csv}' "'labels.csv' has 3 columns
hint: say which holds the labels: column: 0 (the first) to 2, or a heading"
label '{path: quote.csv, column: a}' "'quote.csv', line 2: a quote that does not end its field"
label '{path: ragged.csv, column: b}' "'ragged.csv', line 3: 1 columns, but column 1 is wanted"
label '{path: headed.csv}' "labels 'kind': 61 labels in 'headed.csv' where the layers have 60 rows
hint: is its first line a heading? Then name it: column: HEADING"
label '{path: nowhere.txt}' "cannot open 'nowhere.txt': No such file or directory
hint: relative paths count from the folder of the configuration file"

for name in a/b .a a_weighted a_tied; do
    config float32.layer_0.npy "labels: {$name: {path: labels.npy}}"
    varve check c.yml
    expect_status "label set $name" 2
    expect_part "label set $name" err "c.yml:6:3: input.labels: '$name' cannot name a label set: "
done
config series.h5
varve_on 2 run c.yml -q
expect_status 'series' 0
[ "$(grep -v '^#' o/tables/layers.csv | tail -n +2 | cut -d, -f2 | tr '\n' ' ')" = "b d $(printf 'n%.0s' $(seq 300)) a/x a/z c/x " ] ||
    { complain 'layers of a series are not together'; cut -d, -f2 o/tables/layers.csv; }
deep=$(printf 'd%.0s' $(seq 150))
varve_on 2 run c.yml -q output="$PWD/$deep/$deep"
expect_status 'a very long path' 0
find o/artifacts -type f | grep -q "$(printf 'n%.0s' $(seq 81))" && complain 'a very long name of a file'
[ "$(find o/artifacts -type f | wc -l)" = 6 ] || complain 'not one table for each layer'

config 'float32.{layer}.npy'
sed -i 's|^    path: .*|&\n    select: layer_3|' c.yml
varve run c.yml -q
expect_text 'select nothing' err "varve: error: input.layers.select: no layer is called 'layer_3'
hint: did you mean 'layer_0'?"
sed -i 's|select: layer_3|select: 7|' c.yml
varve run c.yml -q
expect_text 'select beyond' err "varve: error: input.layers.select: no layer at '7'
hint: there are 3 layers: 0 to 2"
config zeros.npy 'duplicates: keep'
sed -i 's/k: 5}/k: 5, metric: cosine}/' c.yml
varve_on 2 run c.yml -q
expect_status 'cosine of a zero row' 3
expect_errors 'cosine of a zero row' 1

# --- places that cannot be written
config float32.layer_0.npy
: >file
for place in file file/below; do
    varve run c.yml -q output="$place"
    expect_status "output in a file ($place)" 4
    expect_errors "output in a file ($place)" 1
done

# --- inspect
varve inspect all.h5
expect_status 'inspect HDF5' 0
expect_line 'inspect HDF5' out '  f16/layer_10     float16  (60, 6)'
varve inspect float32.layer_0.npy
expect_part 'inspect npy' out '(60, 6)'
varve inspect labels.txt
expect_line 'inspect text' out 'labels.txt: text, 60 lines'
varve inspect absent
expect_status 'inspect nothing' 3
finish
