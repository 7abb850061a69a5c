#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# report.html and `varve report`: what the page holds, on any number of ranks; names that are against us; runs with
# little in them; made anew byte for byte; folders that are no run; and in a browser.
PYTHON=${PYTHON:-/usr/bin/python3}
. "$(dirname "$0")/lib.sh"
"$PYTHON" -c 'import numpy, h5py' 2>/dev/null || { echo 'needs numpy and h5py'; exit 77; }
page() { "$PYTHON" "$repository/tests/cli/page.py" "$@"; }
good() { # good WHAT FILE: a page as it should be
    page check "$2" >checked 2>&1 || { complain "$1:"; sed 's/^/    /' checked; }
}
browsed=0
in_browser() { # in_browser WHAT FILE
    "$PYTHON" "$repository/tests/cli/page_browser.py" "$2" ${VV_SHOTS:+"$VV_SHOTS"} >browsed 2>&1
    case $? in
    0) browsed=$((browsed + 1)) ;;
    77) ;;
    *) complain "$1, in the browser:"; sed 's/^/    /' browsed ;;
    esac
}

cat >all.yml <<'YAML'
name: all of it
input: {synthetic: {n_samples: 300, width: 12, depth: 3}}
stages:
  knn: {k: 20}
  id: {estimators: [twonn, gride, mle, abide]}
  density: {}
  peaks: {z: [1, 2]}
  composition: {k: [5, 20]}
  nucleation: {}
  imbalance: {}
  similarity: {measures: [linear_cka, cosine]}
  probe: {bootstrap: {replicates: 20}, sizes: [50]}
  depth: {}
  report: {figures: false}
YAML

# The same on 1, 2 and 3 ranks but for what is marked.
for ranks in 1 2 3; do
    varve_on "$ranks" run all.yml -q output="on_$ranks"
    expect_status "on $ranks ranks" 0
    good "on $ranks ranks" "on_$ranks/report.html"
    page stable "on_$ranks/report.html" >"stable_$ranks" || complain "on $ranks ranks: no page"
    cmp stable_1 "stable_$ranks" || complain "on $ranks ranks: another page"
done
[ "$(wc -c <stable_1)" -gt 20000 ] || complain 'the page holds little outside what varies'
file=on_2/report.html
for text in '<title>all of it · varve report</title>' 'transfer from ' '<p>nucleation: ' 'The run warned of nothing.' \
    'Effective configuration' "varve run all.yml -q output=on_2" 'on 2 ranks of ' 'Hewitt &amp; Liang' \
    'Information Imbalance between layers' '<code>peaks</code>' '<code>probe/class/logistic</code>' 'No figures: ' \
    'seed: 1  # default' '<bdi>layer_03</bdi>' 'ranks waited for each other'; do
    expect_part 'the page' "$file" "$text"
done
[ "$(grep -c 'Effective configuration' stable_1)" = 0 ] || complain 'the configuration is not marked as varying'
# What varies shows nowhere else in the report, not even as a reference.
for ranks in 2 3; do
    h5diff --exclude-path /provenance on_1/report.h5 "on_$ranks/report.h5" >difference 2>&1 ||
        complain "on $ranks ranks: $(head -n 3 difference)"
done
# Times: those of the layers make those of the stages, which are part of the whole; nobody waits longer than that.
"$PYTHON" - <<'PY' || complain 'times do not add up'
import h5py, numpy as np
p = h5py.File("on_2/report.h5")["provenance"]
seconds, layers = p["seconds"][()], p["layer_seconds"][()]
stages = [s.decode() for s in p["stage"]]
assert layers.shape == (4, len(stages)), layers.shape
for s, stage in enumerate(stages):
    per_layer = stage in ("load", "knn", "id", "density", "peaks", "probe")
    assert np.isfinite(layers[:, s]).all() == per_layer and np.isnan(layers[:, s]).all() != per_layer, stage
    assert not per_layer or np.isclose(layers[:, s].sum(), seconds[s]), stage
assert 0 < seconds.sum() <= p["elapsed"][()] and (p["reused"][()] == 0).all()
assert (0 <= p["wait_mean"][()]).all() and (p["wait_mean"][()] <= p["wait_most"][()] + 1e-9).all()
assert p["wait_most"][()].sum() <= p["elapsed"][()]
PY
# A value is there with its error as the report has it.
"$PYTHON" - <<'PY' >value || complain 'no value'
import h5py
f = h5py.File("on_1/report.h5")
print(f"{f['id/reported/value'][2]:.2f} <small>± {f['id/reported/std_error'][2]:.2f}</small>")
PY
expect_part 'ID with its error' stable_1 "$(cat value)"
in_browser 'all of it' "$file"

# Made anew, byte for byte, on any number of ranks; the manifest with it.
cp -r on_2 before
rm -rf on_2/report.html on_2/tables
varve report on_2/
expect_status report 0
expect_text report out 'page: on_2/report.html'
diff -r before on_2 || complain 'varve report: other files'
rm on_2/tables/id_gride.csv
varve_on 3 report on_2
expect_status 'report on 3 ranks' 0
diff -r before on_2 || complain 'varve report on 3 ranks: other files'

# Drawings of the run, and one that is none.
mkdir on_1/figures
for name in id_profile id_a composition_overlap other; do
    {
        printf '<?xml version="1.0"?><svg viewBox="0 0 600 300"><title>A curve of %s</title>' "$name"
        printf '<defs><circle id="p" r="4"/></defs><use href="#p" x="90" y="90"/></svg>\n'
    } >"on_1/figures/$name.svg"
done
printf '<svg><script>window.pwned = 1</script></svg>' >on_1/figures/id_bad.svg
varve report on_1
expect_status 'with drawings' 0
good 'with drawings' on_1/report.html
[ "$(grep -o '<svg' on_1/report.html | wc -l)" = 4 ] || complain 'not four drawings'
expect_part 'a bad drawing' on_1/report.html 'figures/id_bad.svg is not shown: it holds more than a drawing'
expect_part 'a drawing' on_1/report.html 'aria-label="A curve of id_profile"'
grep -q 'No figures' on_1/report.html && complain 'a page with drawings says it has none'
"$PYTHON" - <<'PY' || complain 'drawings are not where they belong'
text = open("on_1/report.html").read()
place = {n: text.index(f"A curve of {n}\"") for n in ("id_profile", "id_a", "composition_overlap", "other")}
part = {i: text.index(f'id="{i}"') for i in ("figures", "overview", "g-id", "g-composition", "others", "methods")}
assert part["figures"] < place["id_profile"] < place["composition_overlap"] < part["overview"]
assert part["g-id"] < place["id_a"] < part["g-composition"]
assert part["others"] < place["other"] < part["methods"]
PY
in_browser 'with drawings' on_1/report.html

# Names that are against us, long ones, 200 layers, duplicates to warn of.
"$PYTHON" - <<'PY'
import h5py, numpy as np
rng = np.random.default_rng(1)
names = ["<script>window.pwned=1<!script>", "\"><img src=x onerror=window.pwned=1>", "a'b&amp;c&#60;", "x" * 300,
         "\u202etfel ot thgir", "</td></table>", "tab\there", "${pwned}`"]
with h5py.File("hostile.h5", "w") as f:
    for name in names:
        x = rng.standard_normal((60, 4)).astype("f4")
        x[1] = x[0]
        f[name] = x
    f.create_dataset(b"bytes \xff\xfe\xc0\xbc", data=rng.standard_normal((60, 4)).astype("f4"))
with h5py.File("many.h5", "w") as f:
    for i in range(200):
        name = f"model.encoder.layers.{i}.attention.self.output.LayerNorm.out_{i}"
        f[name] = rng.standard_normal((40, 3)).astype("f4")
with h5py.File("one.h5", "w") as f:
    f["only"] = rng.standard_normal((50, 3)).astype("f4")
np.save("labels.npy", np.arange(60) % 3)
PY
cat >hostile.yml <<'YAML'
name: "<b onclick='pwned=1'>\"&"
input:
  layers: {path: hostile.h5}
  duplicates: drop
  labels: {"<i>l&": {path: labels.npy}}
stages: {knn: {k: 5}, id: {}, composition: {k: [3]}, depth: {}, report: {}}
YAML
varve run hostile.yml -q output='hostile <i>'
expect_status 'hostile names' 0
good 'hostile names' 'hostile <i>/report.html'
expect_part 'hostile names' 'hostile <i>/report.html' '<bdi>&lt;script&gt;window.pwned=1&lt;!script&gt;</bdi>'
bad=$'\xef\xbf\xbd'
expect_part 'bytes that are no text' 'hostile <i>/report.html' "<bdi>bytes $bad$bad$bad$bad</bdi>"
expect_part 'a mark of direction' 'hostile <i>/report.html' "<bdi>${bad}tfel ot thgir</bdi>"
expect_part 'the command, for a shell' 'hostile <i>/report.html' "&#39;output=hostile &lt;i&gt;&#39;"
expect_part 'warnings' 'hostile <i>/report.html' '8 warnings</h2>'
in_browser 'hostile names' 'hostile <i>/report.html'
cp 'hostile <i>/report.html' page
varve report 'hostile <i>'
expect_status 'report of hostile names' 0
cmp page 'hostile <i>/report.html' || complain 'report of hostile names: another page'

cat >many.yml <<'YAML'
name: many
input: {layers: {path: many.h5}}
stages: {knn: {k: 8}, id: {}, composition: {k: [8]}, depth: {}, report: {}}
YAML
varve run many.yml -q
expect_status '200 layers' 0
good '200 layers' results/many/report.html
expect_part '200 layers' results/many/report.html 'numbers, too many for a page: they are in <code>tables/composition'
in_browser '200 layers' results/many/report.html

cat >one.yml <<'YAML'
name: one
input: {layers: {path: one.h5}}
stages: {knn: {k: 5}, id: {}, composition: {k: [3]}, depth: {}, report: {}}
YAML
varve run one.yml -q
expect_status 'one layer' 0
good 'one layer' results/one/report.html
expect_part 'one layer' results/one/report.html '<p class="sub">1 layer '
in_browser 'one layer' results/one/report.html

# A run with nothing but neighbors; no page when none is wanted, and then no old one either.
varve run one.yml -q --until knn
expect_status 'only knn' 0
good 'only knn' results/one/report.html
expect_part 'only knn' results/one/report.html 'No stage of this run comes to a verdict.'
grep -q 'id="g-id"' results/one/report.html && complain 'only knn: a section of another stage'
varve run one.yml -q stages.report.html=false
expect_status 'no page' 0
[ -e results/one/report.html ] && complain 'a page although html is false'
varve report results/one
expect_status 'no page, then one' 0
good 'no page, then one' results/one/report.html
varve run one.yml -q stages.report.html=false
[ -e results/one/report.html ] && complain 'the page of an earlier run is still there'

# A page that cannot be written is an error as for other outputs, and leaves nothing half-written.
mkdir -p blocked/report.html/folder && echo stopped >blocked/STATUS
varve run one.yml -q output=blocked
expect_status 'a page in the way' 4
expect_errors 'a page in the way' 1
find . -name '*.partial' | grep . && complain 'a page in the way: temporary files are left'
grep -q '^failed' blocked/STATUS || complain 'a page in the way: the run counts as done'

# Times of what the cache had.
VARVE_CACHE=$PWD/cache varve run one.yml -q
VARVE_CACHE=$PWD/cache varve run one.yml -q
expect_status 'from the cache' 0
"$PYTHON" -c 'import h5py
p = h5py.File("results/one/report.h5")["provenance"]
stages = [s.decode() for s in p["stage"]]
assert p["reused"][stages.index("knn")] == 1 and p["seconds"][stages.index("knn")] == 0, (stages, p["reused"][()])
assert (p["wait_most"][()] >= p["wait_mean"][()]).all()' || complain 'what was reused is not told'

# Folders that are no run, or none that is done.
wrong() { # wrong WHAT CODE ERR ARGUMENTS...
    local what=$1 code=$2 text=$3
    shift 3
    varve report "$@"
    expect_status "$what" "$code"
    expect_text "$what" err "$text"
    [ -s out ] && complain "$what: something on standard output"
}
varve report --help
expect_status 'help of report' 0
expect_part 'help of report' out 'usage: varve report DIR [OPTIONS]'
wrong 'no folder' 2 "varve: error: report needs one folder
hint: usage: varve report DIR"
wrong 'absent' 3 "varve: error: 'absent' is not the folder of a run
hint: give a folder that \`varve run\` made, such as results/quickstart" absent
mkdir empty
wrong 'empty' 3 "varve: error: 'empty' is not the folder of a run
hint: give a folder that \`varve run\` made, such as results/quickstart" empty
cp -r on_2 broken
echo running >broken/STATUS
wrong 'running' 3 "varve: error: the run in 'broken' is not finished: it is running
hint: the command that began it goes on with it" broken
echo 'failed: the disk is full' >broken/STATUS
wrong 'failed' 3 "varve: error: the run in 'broken' failed: the disk is full
hint: the command that began it goes on with it" broken
echo 'done' >broken/STATUS
rm broken/report.h5
varve report broken
expect_status 'no report' 3
expect_part 'no report' err "cannot read 'broken/report.h5'"
size=$(stat -c %s on_2/report.h5)
for ((i = 1; i < 12; i++)); do # cut, with 64 bytes or a bit turned
    head -c $((size * i / 12)) on_2/report.h5 >broken/report.h5
    varve report broken
    expect_status "cut at $i/12" 3
    expect_errors "cut at $i/12" 1
    for kind in block bit; do # HDF5 would come to no end with some of these
        cp on_2/report.h5 broken/report.h5
        "$PYTHON" - $((size * i / 12 + 97 * i % 512)) $kind <<'PY'
import sys
at, kind = int(sys.argv[1]), sys.argv[2]
with open("broken/report.h5", "r+b") as f:
    f.seek(at)
    old = f.read(64)
    f.seek(at)
    f.write(bytes(b ^ 255 for b in old) if kind == "block" else bytes([old[0] ^ 16]) + old[1:])
PY
        varve report broken
        expect_status "a $kind at $i/12" 3
        expect_errors "a $kind at $i/12" 1
    done
done
rm broken/manifest.json
cp on_2/report.h5 broken/report.h5
varve report broken
expect_status 'no manifest' 3
expect_part 'no manifest' err "'broken/manifest.json' does not tell the digest of the report"
cp on_2/manifest.json broken/manifest.json
"$PYTHON" -c 'import h5py; h5py.File("broken/report.h5", "r+")["id/reported/value"][1] += 1e-9'
varve report broken
expect_status 'a changed number' 3
expect_part 'a changed number' err 'is damaged or was changed: its digest is not that of the manifest'

if [ "$browsed" = 0 ] && [ "$failures" = 0 ]; then
    echo 'skipped in part: looking at pages needs chromium'
    exit 77
fi
finish
