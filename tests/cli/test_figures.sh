#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Figures of a run: what is there, with gnuplot, without it, and with one that fails or hangs.
. "$(dirname "$0")/lib.sh"
cat >small.yml <<'EOF'
name: small
input: {synthetic: {n_samples: 300, depth: 3, width: 16}}
stages: {knn: {k: 20}, id: {}, composition: {k: [10]}, density: {}, peaks: {}, depth: {}, report: {}}
resources: {cache: cache}
EOF
unset VARVE_CACHE # neighbors are found once for all of this

# Programs of a name that stand in front of the real one, or its absence.
mkdir without fails hangs empty
ln -s /usr/bin/* /bin/* without/ 2>/dev/null
rm -f without/gnuplot*
cat >fails/gnuplot <<'EOF'
#!/bin/sh
printf '\nset terminal\n    ^\n"%s" line 8: unknown terminal\n' "$4" >&2
exit 1
EOF
printf '#!/bin/sh\necho begun >>"%s/begun"\nsleep 600 & sleep 600\n' "$scratch" >hangs/gnuplot
printf '#!/bin/sh\nexit 0\n' >empty/gnuplot
chmod +x fails/gnuplot hangs/gnuplot empty/gnuplot

# The same scripts and data on any number of ranks.
for n in 1 2 3; do
    varve_on "$n" run small.yml output="on$n" stages.report.formats=[] -q
    expect_status "on $n ranks" 0
done
for file in id.gp id.dat id_gride.gp composition_layer_overlap_k10.dat composition_label_overlap_class.gp \
    peaks_ari_class.gp peaks_tree_layer_00_z_1.65_class.gp peaks_tree_layer_03_z_1.65_superclass.dat; do
    [ -s "on1/figures/$file" ] || complain "no $file"
done
for n in 2 3; do diff -r on1/figures "on$n/figures" || complain "other figures on $n ranks"; done
find on1/figures -name '*.svg' | grep . && complain 'figures are drawn although formats is empty'
grep -l "$scratch" on1/figures/* && complain 'paths of this machine in scripts'

# Every wish of every stage finds its columns.
if "${PYTHON:=/usr/bin/python3}" - 2>/dev/null <<'EOF'; then
import numpy as np
for layer in range(3):
    np.save(f"b_{layer}.npy", np.random.default_rng(layer).standard_normal((300, 16)).astype(np.float32))
EOF
    cat >all.yml <<'EOF'
name: all
input: {others: {b: {path: "b_{layer}.npy"}}, synthetic: {n_samples: 300, depth: 2, width: 16}}
stages:
  knn: {k: 20}
  id:
    estimators: [twonn, gride, decimation, blocks, mle, binomial, abide, pca]
    decimation: {halvings: 2}
    blocks: {counts: [3]}
  composition: {k: [10]}
  nucleation: {}
  density: {k: 5}
  peaks: {}
  imbalance: {pairs: [first, last, next, all], networks: b}
  similarity: {k: 10, networks: b}
  probe: {sizes: [50, 100], labels: superclass}
  depth: {}
  report: {formats: []}
EOF
    varve run all.yml output=all -q
    expect_status 'all stages' 0
    (cd all/figures && printf '%s\n' *.gp) | sed 's/\.gp$//' | grep -v 'peaks_tree_layer_0[12]' | tr '\n' ' ' | fold -sw 110 >names
    expect_text 'all stages' names 'composition_label_overlap_class composition_label_overlap_class_weighted composition_label_overlap_superclass 
composition_label_overlap_superclass_weighted composition_layer_overlap_k10 composition_next_layer_overlap 
density id id_blocks id_decimation id_estimators id_gride id_linear imbalance_ends_k1 
imbalance_from_network_b_k1 imbalance_k1 imbalance_next_k1 imbalance_plane_k1 imbalance_to_network_b_k1 
nucleation_change_k10 nucleation_fastest_change_k10 nucleation_k10 peaks_ari_class peaks_ari_superclass 
peaks_n_clusters peaks_tree_layer_00_z_1.65_class peaks_tree_layer_00_z_1.65_superclass 
probe_superclass_accuracy probe_superclass_learning_curve probe_superclass_r2 similarity_angular_distance 
similarity_angular_distance_with_b similarity_cosine similarity_cosine_with_b similarity_linear_cka 
similarity_linear_cka_unbiased similarity_linear_cka_unbiased_with_b similarity_linear_cka_with_b 
similarity_neighbor_overlap_with_b_k10 similarity_rbf_cka similarity_rbf_cka_with_b '
fi

varve run small.yml output=undrawn -q stages.report.figures=false
expect_status 'figures: false' 0
[ -e undrawn/figures ] && complain 'figures although figures is false'

# Without gnuplot: said once, with what to install; not a warning.

PATH=$scratch/without varve run small.yml output=bare
expect_status 'without gnuplot' 0
expect_part 'without gnuplot' out '(0 warnings, '
[ "$(grep -c 'gnuplot-nox' err)" = 1 ] || complain 'without gnuplot: not said once'
expect_part 'without gnuplot' err 'figures: no gnuplot here to draw them; scripts and data are in bare/figures. Install gnuplot-nox (Debian, Ubuntu)'
diff -r on1/figures bare/figures || complain 'without gnuplot: other scripts'

# One that fails: a warning with the line that tells why.
PATH=$scratch/fails:$PATH varve run small.yml output=bad
expect_status 'failing gnuplot' 0
expect_part 'failing gnuplot' out '(1 warning, '
[ "$(grep -c warning: err)" = 1 ] || complain 'failing gnuplot: not one warning'
grep -q 'warning: gnuplot could not draw \([0-9]*\) of \1 figures; id.svg: "id.gp" line 8: unknown terminal$' err ||
    { complain 'failing gnuplot: err is'; cat err; }
PATH=$scratch/empty:$PATH varve run small.yml output=bad
expect_status 'gnuplot that writes nothing' 0
expect_part 'gnuplot that writes nothing' err 'id.svg: gnuplot wrote nothing'

# One that hangs: ended, with what it started, and not asked again.
begin=$SECONDS
PATH=$scratch/hangs:$PATH varve_on 2 run small.yml output=late stages.report.figure_time=1s
expect_status 'hanging gnuplot' 0
[ $((SECONDS - begin)) -lt 60 ] || complain "hanging gnuplot: $((SECONDS - begin)) s"
expect_part 'hanging gnuplot' err 'gnuplot is not asked for more figures: id.svg: it took longer than 1 s; scripts and data are in late/figures'
[ "$(grep -c . begun)" = 1 ] || complain 'hanging gnuplot: asked again'
diff -r on1/figures late/figures || complain 'hanging gnuplot: scripts are missing, or something is left'

# No folder for them: a warning, and the rest of the report.
mkdir blocked && echo mine >blocked/figures
varve run small.yml output=blocked
expect_status 'a file in the way' 0
expect_part 'a file in the way' err "warning: figures are incomplete: cannot make the directory 'blocked/figures': a file is in the way"
[ -s blocked/report.h5 ] || complain 'a file in the way: no report'
expect_text 'a file in the way' blocked/figures mine

varve run small.yml output=wrong 'stages.report.formats=[svg, gif]'
expect_status 'an unknown format' 2
expect_part 'an unknown format' err 'gif'

command -v gnuplot >/dev/null || {
    [ "$failures" = 0 ] || finish
    echo 'skipped in part: drawing needs gnuplot'
    exit 77
}
varve_on 2 run small.yml output=drawn 'stages.report.formats=[svg, pdf, png]'
expect_status 'drawn' 0
expect_part 'drawn' out '(0 warnings, '
find drawn -name '.*' -type f -path '*figures*' | grep . && complain 'temporary files are left'
for file in drawn/figures/*.gp; do
    for format in svg pdf png; do [ -s "${file%.gp}.$format" ] || complain "no ${file%.gp}.$format"; done
done
[ "$(head -c 4 drawn/figures/id.pdf)" = %PDF ] || complain 'id.pdf is none'
grep -q 'suggested layer' drawn/figures/id.gp || grep -q 'no suggestion\|no peak' drawn/summary.txt || complain 'no mark'

# The page's drawings anew: in the formats of the run. A drawing of other data goes, even if there is no new one.
cp -r drawn/figures kept
rm drawn/figures/id.pdf drawn/figures/id.png
PATH=$scratch/without varve report drawn
expect_status 'report without gnuplot' 0
[ -s drawn/figures/id.svg ] || complain 'report without gnuplot: a drawing of the same data is gone'
echo '# older' >>drawn/figures/id.dat
echo '# older' >>drawn/figures/density.gp
PATH=$scratch/without varve report drawn
for format in svg pdf png; do
    [ -e "drawn/figures/id.$format" ] && complain "id.$format shows other data than id.dat"
    [ -e "drawn/figures/density.$format" ] && complain "density.$format is of another script"
    [ -s "drawn/figures/id_gride.$format" ] || complain "id_gride.$format is gone"
done
varve report drawn
expect_status 'report in all formats' 0
for file in kept/*; do [ -s "drawn/figures/${file#kept/}" ] || complain "varve report does not draw ${file#kept/}"; done
for file in kept/*.svg; do cmp "$file" "drawn/figures/${file#kept/}" || complain "varve report draws ${file#kept/} otherwise"; done

# A tree that claims more than its file holds is left out.
if "$PYTHON" - 2>/dev/null <<'EOF'; then
import h5py
f = h5py.File("drawn/artifacts/peaks/layer_00.h5", "r+")
del f["z_1.65/leaves/cluster"]
f.create_dataset("z_1.65/leaves/cluster", shape=(1 << 40,), chunks=(1 << 20,), dtype="i8")
EOF
    varve report drawn
    expect_status 'a tree that claims too much' 0
    expect_part 'a tree that claims too much' err "warning: no figure of a tree: 'z_1.65/leaves/cluster' in 'drawn/artifacts/peaks/layer_00.h5' claims 1099511627776 values, which the file cannot hold"
fi

# A script runs by itself, elsewhere.
cp -r drawn/figures elsewhere
rm elsewhere/*.svg
(cd elsewhere && gnuplot id.gp && gnuplot -e "format='png'; file='mine.png'" composition_layer_overlap_k10.gp) >said 2>&1 ||
    complain 'a script does not run by itself'
[ -s said ] && { complain 'gnuplot complains:'; cat said; }
[ -s elsewhere/id.svg ] && [ -s elsewhere/mine.png ] || complain 'a script by itself draws nothing'

# What is not wanted any more goes with the next run.
varve run small.yml output=drawn -q --until id
[ -e drawn/figures/composition_layer_overlap_k10.svg ] && complain 'figures of an earlier run are still there'
[ -s drawn/figures/id.svg ] || complain 'no figures with --until'
# What was not drawn then, is drawn with the page: in its own folder, whatever CDPATH leads to.
mv drawn/figures/id.svg before.svg
mkdir -p decoy/drawn/figures
CDPATH=$PWD/decoy varve report drawn
expect_status 'report' 0
cmp drawn/figures/id.svg before.svg || complain 'varve report draws something else'
grep -q '^<title>intrinsic dimension</title>' drawn/figures/id.svg || complain 'a drawing without its title'
grep -l '<title>gnuplot\|<title>Gnuplot' drawn/figures/*.svg && complain 'drawings with titles of gnuplot'

if command -v "${PYTHON:=/usr/bin/python3}" >/dev/null; then
    varve run small.yml output=drawn -q
    "$PYTHON" "$repository/tests/cli/figures.py" drawn/figures >checked 2>&1 || { complain 'SVGs:'; cat checked; }
fi
finish
