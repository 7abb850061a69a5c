#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The quickstart as a user sees it: terminal, files, report.h5 in h5py and xarray.
. "$(dirname "$0")/lib.sh"
varve_on 2 run "$repository/configs/quickstart.yml" output='run of mine'
expect_status quickstart 0
expect_part quickstart out 'transfer from layer_07 (layer 7, '
expect_part quickstart out "Label 'class': overlap is highest at layer_09"
expect_part quickstart out 'report: run of mine/report.h5  (0 warnings, '
expect_part 'text plot' out '         +----------------------------------------'
grep -q '^varve: knn  *3/10 layer_02 .* left)$' err || complain 'no progress line with the time left'
[ "$(grep -c '^varve: knn ' err)" = 10 ] || complain 'not one line for each stage and layer'
expect_text STATUS 'run of mine/STATUS' 'done'
for file in config.yml manifest.json run.log report.h5 summary.txt tables/layers.csv tables/depth.csv; do
    [ -s "run of mine/$file" ] || complain "no $file"
done
find . -name '.*.partial' | grep . && complain 'temporary files are left'

# The effective configuration reproduces the run.
varve run 'run of mine/config.yml' output=again -q
expect_status 'from the effective configuration' 0
cmp -s 'run of mine/tables/id_gride.csv' again/tables/id_gride.csv || complain 'other numbers from config.yml'
varve inspect again
expect_status 'inspect a run' 0
expect_part 'inspect a run' out 'id/gride/value'
expect_part 'inspect a run' out 'varve 0.1.0'

# Another run in the same folder leaves nothing of the one before.
varve run again/config.yml output=again -q --until knn
expect_status 'in the same folder' 0
for file in tables/id_gride.csv tables/depth.csv; do [ -e "again/$file" ] && complain "$file of an earlier run is still there"; done
[ -s again/artifacts/knn/layer_03.h5 ] || complain 'no neighbor table after the second run'

# What else lies in the folder is not the run's: not even when the folder is that of the input, or is written with a slash.
mkdir mine && echo 'notes' >mine/notes.md && mkdir mine/data && echo '1' >mine/data/values.txt
config=$PWD/again/config.yml
for output in mine mine/ .; do
    [ "$output" = . ] && cd mine
    for _ in 1 2; do
        varve run "$config" "output=$output" -q --until knn
        expect_status "beside other files, output=$output" 0
        varve report "$output"
        expect_status "beside other files, report $output" 0
    done
    [ "$output" = . ] && cd ..
    [ "$(cat mine/notes.md mine/data/values.txt)" = $'notes\n1' ] || complain "output=$output: files of the user are gone"
    grep -q '"report.h5": [1-9]' mine/manifest.json || complain "output=$output: the report is not in the manifest"
    grep -q 'notes\|values' mine/manifest.json && complain "output=$output: files of the user are in the manifest"
done

# Where there is no run but what a run would replace, nothing is touched; a folder with nothing in it is no matter.
mkdir -p other/figures other/tables && echo plot >other/figures/plot.svg
for name in figures/ config.yml; do
    find other >before
    varve run "$config" output=other/ -q --until knn
    expect_status "another's $name" 4
    expect_errors "another's $name" 1
    expect_part "another's $name" err "'other/$name' is there, but no run: a run would replace it"
    find other | cmp -s before - || complain "another's $name: $(find other | tr '\n' ' ')"
    rm -rf other/figures && echo '# mine' >other/config.yml
done
rm other/config.yml
varve run "$config" output=other -q --until knn
expect_status 'room' 0

# A stage left out, a run cut short, no CSV.
varve run again/config.yml output=short -q --until knn
expect_status '--until knn' 0
h5ls short/report.h5 >groups
grep -q '^knn ' groups || complain '--until knn: no /knn'
grep -q '^id ' groups && complain '--until knn: /id is there'
varve run again/config.yml output=plain -q stages.report.csv=false
expect_part 'no CSV' out 'report: plain/report.h5'
[ -e plain/tables ] && complain 'tables although csv is false'

"${PYTHON:-/usr/bin/python3}" -c 'import h5py, xarray, h5netcdf' 2>/dev/null || {
    [ "$failures" = 0 ] || finish
    echo 'skipped in part: reading the report needs h5py, xarray and h5netcdf'
    exit 77
}
"${PYTHON:-/usr/bin/python3}" "$repository/tests/cli/report.py" 'run of mine' >checked 2>&1 ||
    { complain 'the report:'; cat checked; }
finish
