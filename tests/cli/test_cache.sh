#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The cache: what is reused and what is not, damage, sharing between runs, listing and pruning.
. "$(dirname "$0")/lib.sh"
cat >c.yml <<'YAML'
name: c
input:
  layers: {path: "acts_{layer}.npy"}
  labels: {class: {path: labels.txt}}
stages: {knn: {k: 20}, id: {}, composition: {k: [10]}, depth: {}, report: {}}
YAML
"$PYTHON" -c 'import numpy' 2>/dev/null || { echo 'needs numpy'; exit 77; }
"$PYTHON" - <<'PY'
import numpy as np
rng = np.random.default_rng(1)
for layer in range(3):
    np.save(f"acts_{layer}.npy", rng.standard_normal((500, 5 + layer)).astype(np.float32))
open("labels.txt", "w").write("\n".join(str(i % 4) for i in range(500)))
PY

# undisturbed ARGUMENTS: what a run without cache gives, in folder whole
undisturbed() { VARVE_CACHE=none "$program" run c.yml output=whole -q "$@" >/dev/null 2>&1 </dev/null; }
# reused WHAT STAGE=N ...: how often each stage was taken from the cache
reused() {
    local what=$1 pair n
    shift
    for pair; do
        n=$(grep -c "^varve: ${pair%=*} .* reused\$" err)
        [ "$n" = "${pair#*=}" ] || complain "$what: ${pair%=*} reused $n times, not ${pair#*=}"
    done
}
export VARVE_CACHE=kept
undisturbed
varve run c.yml output=o
reused 'first' load=0 knn=0 id=0 composition=0 depth=0
same 'first'
varve_on 3 run c.yml output=o
expect_status 'again' 0
reused 'again' load=3 knn=3 id=3 composition=1 depth=1
same 'again, on 3 ranks'
varve_on 2 run c.yml output=elsewhere resources.threads=2 name=other
reused 'another place' load=3 knn=3 id=3 composition=1 depth=1

# One parameter changes: what depends on it is computed, nothing else.
undisturbed 'stages.composition.k=[5]'
varve run c.yml output=o 'stages.composition.k=[5]'
reused 'k of composition' load=3 knn=3 id=3 composition=0 depth=0
same 'k of composition'
undisturbed seed=2
varve run c.yml output=o seed=2
reused 'seed' knn=3 id=0 composition=1
same 'seed'
undisturbed stages.knn.metric=cosine
varve run c.yml output=o stages.knn.metric=cosine
reused 'metric' load=0 knn=0 id=0 composition=0
same 'metric'

# A table of more neighbors serves, one of fewer does not.
undisturbed stages.knn.k=10
varve_on 2 run c.yml output=o stages.knn.k=10
reused 'fewer neighbors' knn=3 id=0 composition=0
same 'fewer neighbors'
varve run c.yml output=o stages.knn.k=10
reused 'fewer neighbors again' load=3 knn=3 id=3 composition=1
same 'fewer neighbors again'
undisturbed stages.knn.k=30
varve run c.yml output=o stages.knn.k=30
reused 'more neighbors' knn=0
same 'more neighbors'
varve run c.yml output=o
reused 'as at first, from more' knn=3 id=3 composition=1
undisturbed
same 'as at first, from more'

# Inputs: one that was only touched is read, one that changed is computed, one that moved is known by its values.
touch acts_1.npy
varve run c.yml output=o
reused 'touched' load=2 knn=3 id=3 composition=1
same 'touched'
"$PYTHON" -c 'import numpy as np; x = np.load("acts_1.npy"); x[7, 2] += 1; np.save("acts_1.npy", x)'
undisturbed
varve run c.yml output=o
reused 'changed' load=2 knn=2 id=2 composition=0
same 'changed'
mkdir moved && cp acts_*.npy moved && sed -i s/3/0/ labels.txt
undisturbed 'input.layers.path=moved/acts_{layer}.npy'
varve run c.yml output=o 'input.layers.path=moved/acts_{layer}.npy'
reused 'moved, other labels' load=0 knn=3 id=3 composition=0
same 'moved, other labels'
varve run c.yml output=o --fresh
reused 'fresh' load=0 knn=0 id=0 composition=0

# Values that changed behind a remembered size and time are noticed where they are read for something new.
varve run c.yml output=o
cp -p acts_0.npy saved.npy
"$PYTHON" -c 'import numpy as np; x = np.load("acts_0.npy"); x[7, 2] += 1; np.save("acts_0.npy", x)'
touch -r saved.npy acts_0.npy
undisturbed stages.knn.k=41
varve run c.yml output=o stages.knn.k=41
expect_part 'changed in secret' err "warning: 'acts_0.npy' holds other values than before, though its size and time are the same"
same 'changed in secret'
mv saved.npy acts_0.npy
undisturbed

# What a stage found in the data is said once in every run, whether its results are computed, reused, or needed again.
"$PYTHON" - <<'PY'
import numpy as np
for layer in range(3):
    x = np.load(f"acts_{layer}.npy")
    x[100:100 + layer] = x[:layer]
    np.save(f"again_{layer}.npy", x)
PY
for k in 20 20 45; do
    varve_on 2 run c.yml output=again 'input.layers.path=again_{layer}.npy' input.duplicates=drop stages.knn.k=$k
    expect_status "findings, k = $k" 0
    [ "$(grep -c 'warning: .*dropped [12] of 500 rows' err)" = 2 ] || complain "findings, k = $k: $(cat err)"
    expect_part "findings, k = $k" out '(2 warnings, '
done

# Damage is noticed wherever it is.
varve cache prune kept --days 0
varve run c.yml output=o
for file in kept/knn/*.h5 kept/knn/*.sum kept/knn/*.table kept/id/*.table kept/composition/*.table; do
    size=$(stat -c %s "$file")
    for at in 9 $((size / 2)) $((size - 1)); do
        cp "$file" saved
        printf '\xa5' | dd of="$file" bs=1 seek="$at" conv=notrunc 2>/dev/null
        cmp -s "$file" saved && continue
        rm -rf o
        varve run c.yml output=o
        expect_status "damaged $file at $at" 0
        same "damaged $file at $at"
        [ -e "$file" ] && cmp -s "$file" saved && continue # recomputed; else it was not needed here
        cp saved "$file"
    done
done
varve run c.yml output=o -q
reused 'mended' knn=0
for file in kept/*/*; do : >"$file"; done
varve_on 3 run c.yml output=o
expect_status 'all emptied' 0
same 'all emptied'
grep -q "^varve: warning: 'kept/.*' is damaged; it is computed again" err || complain 'no word about damage'

# plan, list, prune
varve plan c.yml output=o
expect_line 'plan' out '  knn           3 of 3 to be reused'
varve plan c.yml output=o stages.knn.k=40
expect_part 'plan' out '  knn           0 of 3 to be reused; 3 to compute: never done with these parameters and inputs'
varve cache list kept
expect_status 'list' 0
grep -q '^knn  *[1-9]' out || complain 'no tables in the list'
varve cache prune kept
expect_part 'nothing is old' out '0 files removed'
touch kept/knn/notes.txt
varve cache prune kept --days 0
expect_status 'prune' 0
[ "$(find kept -type f)" = kept/knn/notes.txt ] || complain "left after pruning: $(find kept -type f)"
varve cache list nowhere
expect_status 'no cache' 2
varve cache empty
expect_part 'unknown word' err "varve cache takes list or prune, and a folder, not 'empty'"

# A cache that cannot be written to is a warning.
rm -rf o kept && : >kept
varve run c.yml output=o
expect_status 'no cache possible' 0
expect_part 'no cache possible' err 'warning: not kept for later runs: cannot make the directory'
unset VARVE_CACHE
varve run c.yml output=place/o -q
[ -d place/.varve-cache/knn ] || complain 'no cache beside the run directory'
varve run c.yml output=place2/o -q resources.cache=none
[ -e place2/.varve-cache ] && complain 'a cache in spite of none'
finish
