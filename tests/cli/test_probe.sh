#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Probes: the same bits on any number of ranks, also with duplicates dropped, missing labels and classes of
# one sample; agreement with scikit-learn on real activations.
. "$(dirname "$0")/lib.sh"
python=${PYTHON:-/usr/bin/python3}

compare() { # compare WHAT CONFIG RANKS...
    local what=$1 config=$2 n
    shift 2
    rm -rf one
    varve run "$config" -q output=one
    expect_status "$what on 1 rank" 0
    for n in "$@"; do
        rm -rf many
        varve_on "$n" run "$config" -q output=many
        expect_status "$what on $n ranks" 0
        h5diff one/report.h5 many/report.h5 /probe >difference 2>&1 ||
            complain "$what on $n ranks: /probe differs: $(head -n 3 difference)"
        cmp one/summary.txt many/summary.txt || complain "$what on $n ranks: another summary"
    done
}

cat >mixture.yml <<'YAML'
name: mixture
input: {synthetic: {n_samples: 700, width: 20, depth: 2, gain: 1.5}}
stages: {knn: {k: 10}, probe: {sizes: [50, 200, 5000]}, report: {}}
YAML
compare mixture mixture.yml 2 3 4 7
OMP_NUM_THREADS=3 varve run mixture.yml -q output=threads
h5diff one/report.h5 threads/report.h5 /probe >difference 2>&1 || complain "3 threads: $(head -n 3 difference)"
grep -q 'probe class' one/summary.txt || complain "no column of the summary"
if "$python" -c 'import numpy, h5py' 2>/dev/null; then # the learning curve ends at the probe
    sizes=$("$python" "$repository/tests/cli/probe.py" sizes one)
    varve run mixture.yml -q output=curve "stages.probe.sizes=[20, 60, $sizes]"
    expect_status "learning curve, $sizes" 0
    "$python" "$repository/tests/cli/probe.py" curve curve >compared 2>&1 || { complain 'learning curve:'; cat compared; }
fi

cat >few.yml <<'YAML'
name: few
input: {synthetic: {n_samples: 5, width: 6, dimension: 2, depth: 1, n_classes: 2, n_superclasses: 1}}
stages: {knn: {k: 4}, probe: {k: [1, 4], sizes: [2]}, report: {}}
YAML
compare 'more ranks than rows' few.yml 2 7

if "$python" -c '
import numpy as np
rng = np.random.default_rng(3)
for i in range(2): # many ties; a quarter of the rows repeat, different ones in each layer; a constant feature
    x = rng.integers(0, 4, (403, 5)).astype(float) + 1e7
    x[:, 3] = 0.1
    x[rng.choice(403, 100)] = x[rng.choice(403, 100)]
    np.save(f"tied.{i}.npy", x)
labels = rng.integers(0, 4, 403)
labels[17] = 5 # a class of its own
np.save("labels.npy", labels)
np.save("number.npy", np.arange(403) // 2 - 50)
np.save("one.npy", np.zeros(403, int))' 2>/dev/null; then
    cat >tied.yml <<'YAML'
name: tied
input:
  layers: {path: "tied.{layer}.npy"}
  labels: {some: {path: labels.npy, missing: 2}, one: {path: one.npy}, number: {path: number.npy}}
  duplicates: drop
stages: {knn: {k: 10}, probe: {sizes: [64, 65], standardize: false, numeric: [number]}, report: {}}
YAML
    compare 'ties and duplicates' tied.yml 2 3 4 7
    # Rows without a labelled neighbor have no say: four rows far from the rest, one of them labelled.
    "$python" -c 'import numpy as np; np.save("apart.npy", np.array([[0], [1], [2], [3], [100], [101], [102.5], [104.5]]))'
    printf '%s\n' a - - - b b b a >apart.txt
    printf '%s\n' 'name: apart' 'input: {layers: {path: apart.npy}, labels: {c: {path: apart.txt, missing: "-"}}}' \
        'stages: {knn: {k: 3}, probe: {k: [1, 3], sizes: []}, report: {}}' >apart.yml
    compare 'rows without labelled neighbors' apart.yml 2 3
    n=$(h5dump -d /probe/c/knn/n_undecided one/report.h5 | grep -c '(0,0): 1, 1')
    share=$(h5dump -d /probe/c/knn/accuracy one/report.h5 | grep -c '(0,0): 0.75, 0.75')
    [ "$n$share" = 11 ] || complain "rows without labelled neighbors: $(h5dump -d /probe/c/knn/accuracy one/report.h5)"
    awk 'BEGIN { for (i = 0; i < 403; i++) print "w" i % 3 }' >words.txt
    varve_on 2 run tied.yml -q output=o 'input.labels.number={path: words.txt}'
    expect_status 'a number that is none' 3
    expect_part 'a number that is none' err "has the value 'w0', which is no number"
fi

varve run mixture.yml -q output=o stages.probe.split=class
expect_status 'a split of classes' 2
expect_part 'a split of classes' err "is no split"
for key in split labels numeric; do
    varve check mixture.yml "stages.probe.$key=none"
    expect_status "unknown $key" 2
    expect_part "unknown $key" err "stages.probe.$key: there is no label set 'none' under input.labels"
done
awk 'BEGIN { for (i = 0; i < 300; i++) print i % 3 }' >sizes.txt
awk 'BEGIN { for (i = 0; i < 300; i++) print i % 4 ? "train" : "test" }' >parts.txt
awk 'BEGIN { for (i = 0; i < 300; i++) print (i * i) % 17, i % 3 + i % 7, i % 5 }' | tr ' ' ',' >rows.csv
"$PYTHON" -c 'import numpy as np; np.save("rows.npy", np.loadtxt("rows.csv", delimiter=",") + np.arange(300)[:, None] * 1e-3)' 2>/dev/null
if [ -e rows.npy ]; then
    cat >names.yml <<'YAML'
name: names
input: {layers: {path: rows.npy}, labels: {size: {path: sizes.txt}}}
stages: {knn: {k: 10}, probe: {}, report: {}}
YAML
    varve check names.yml
    expect_status 'a name that is taken' 2
    expect_part 'a name that is taken' err "the report of the probe stage uses the name 'size' itself"
    varve run names.yml -q output=o 'input.labels={c: {path: sizes.txt}, part: {path: parts.txt}}' stages.probe.split=part
    expect_status 'nothing to validate on' 0
    expect_part 'nothing to validate on' err "no linear probes of 'c': no rows to validate on"
fi
varve check mixture.yml stages.probe.validation=0
expect_status 'nothing to choose by' 2
varve check mixture.yml stages.probe.test=0.9
expect_status 'nothing to train on' 2

"$python" -c 'import h5py, sklearn' 2>/dev/null || { echo 'skipped: scikit-learn (python3-sklearn) is absent'; finish; }
[ -n "$shared" ] && [ -r "$shared/data/activations/vit_mnist.h5" ] ||
    { echo 'skipped: no real activations on this machine'; finish; }
cat >real.yml <<'YAML'
name: real
input:
  layers: {path: real.h5, dataset: a}
  labels:
    labels: {path: real.h5, dataset: labels}
    first: {path: real.h5, dataset: first}
    number: {path: real.h5, dataset: number}
    split: {path: real.h5, dataset: split}
  duplicates: keep
stages:
  knn: {k: 10}
  probe: {split: split, numeric: number, regularization: [0.0001, 0.01, 1], sizes: [100, 5000]}
  report: {}
YAML
real() { # real INPUT LAYER N
    "$python" "$repository/tests/cli/probe.py" write "$shared/data/activations/$1" "$2" "$3" || complain "$1"
    compare "$1 $2" real.yml 3
    "$python" "$repository/tests/cli/probe.py" compare many >compared 2>&1 || { complain "$1 $2:"; cat compared; }
}
real vit_mnist.h5 mean/layer_03 3000
real vit_mnist.h5 mean/layer_00 2000
real lm_agnews.h5 mean/layer_04 3000
finish
