#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Configurations with mistakes: every message in full, with its place, all at once, and exit code 2.
. "$(dirname "$0")/lib.sh"

# wrong WHAT TEXT [OVERRIDE ...]: c.yml (standard input, if any) is refused with exactly TEXT
wrong() {
    local what=$1 text=$2 n
    shift 2
    [ -t 0 ] || cat >c.yml
    varve check c.yml "$@"
    n=$(printf '%s\n' "$text" | wc -l)
    expect_status "$what" 2
    expect_text "$what" err "$text
varve: error: $n error$([ "$n" = 1 ] || echo s) in the configuration 'c.yml'"
}

wrong 'many mistakes at once' "c.yml:5:15: 'yes' is a boolean in YAML 1.1 and a text in YAML 1.2; write true or false, or quote it
c.yml:2:1: unknown key 'sead'; did you mean 'seed'?
c.yml:4:60: unknown key 'dimention' in input.synthetic; did you mean 'dimension'?
c.yml:4:52: input.synthetic.manifold: unknown choice 'sphear'; did you mean 'sphere'?
c.yml:4:26: input.synthetic.n_samples: '30x' is not an integer
c.yml:4:38: input.synthetic.depth must be between 0 and 1000, not -1
c.yml:5:15: input.duplicates: unknown choice 'yes'; possible are: error, keep, drop
c.yml:10:21: resources.memory: '8 G' is not a size such as 8 GiB
c.yml:10:35: resources.threads: '1.5' is not an integer
c.yml:8:3: unknown key 'idd' in stages; did you mean 'id'?
c.yml:7:12: stages.knn.k must be between 1 and 1000, not 2000
c.yml:7:26: stages.knn.metric: unknown choice 'cosin'; did you mean 'cosine'?
c.yml:9:25: stages.composition.k: 'ten' is not an integer" <<'YAML'
name: t
sead: 3
input:
  synthetic: {n_samples: 30x, depth: -1, manifold: sphear, dimention: 3}
  duplicates: yes
stages:
  knn: {k: 2000, metric: cosin}
  idd: {}
  composition: {k: [10, ten]}
resources: {memory: 8 G, threads: 1.5}
YAML

wrong 'duplicate key' "c.yml:2:1: duplicate key 'name'; first given at line 1" <<'YAML'
name: t
name: u
input: {synthetic: {}}
stages: {}
YAML

printf 'name: t\ninput:\n\tsynthetic: {}\n' |
    wrong 'tab' 'c.yml:3:1: tab used for indentation; use spaces'

wrong 'missing keys' "c.yml:1:1: missing key 'name': name of the run; results go to results/<name>
c.yml:1:1: missing key 'input': layers and labels to read" <<'YAML'
seed: 1
stages: {knn: {}}
YAML

wrong 'no input' 'c.yml:2:1: input: give layers (files) or synthetic (generated data)' <<'YAML'
name: t
input: {}
stages: {knn: {}}
YAML

wrong 'two inputs' 'c.yml:2:1: input: give either layers or synthetic, not both
c.yml:2:47: input.labels: synthetic data bring their labels: class, superclass' <<'YAML'
name: t
input: {synthetic: {}, layers: {path: x.npy}, labels: {a: {path: y.npy}}}
stages: {knn: {}}
YAML

wrong 'layers without path' "c.yml:2:17: missing key 'input.layers.path': file that holds the layers (HDF5, .npy, .npz, safetensors or its index, IDX, CIFAR's .bin), or one file per layer: dir/{layer}.npy" <<'YAML'
name: t
input: {layers: {dataset: x}}
stages: {knn: {}}
YAML

wrong 'anchors and aliases' "c.yml:1:7: anchor '&a' is not supported; write the value out
c.yml:3:19: alias '*a' is not supported; write the value out" <<'YAML'
name: &a t
input: {synthetic: {}}
stages: {knn: {k: *a}}
YAML

wrong 'syntax' "c.yml:2:6: did not find expected ',' or ']' while parsing a flow sequence" <<'YAML'
name: [t
input: {synthetic: {}}
YAML

wrong 'two documents' 'c.yml:2:1: only one YAML document is allowed in a file' <<'YAML'
name: t
---
name: u
YAML

wrong 'a list' "c.yml:1:1: a configuration is a map of keys, such as 'name: x'" <<'YAML'
- name
YAML

printf '' | wrong 'nothing' 'c.yml: the configuration is empty'
printf 'name: \xff\xfe\n' |
    wrong 'no text' 'c.yml: not a text file in UTF-8: invalid leading UTF-8 octet (byte 6)'

wrong 'stages that need others' "c.yml:3:10: stages.id: needs 'neighbors', which no enabled stage provides; add 'knn: {}' under stages
c.yml:3:18: stages.composition: needs 'neighbors', which no enabled stage provides; add 'knn: {}' under stages" <<'YAML'
name: t
input: {synthetic: {n_samples: 50}}
stages: {id: {}, composition: {}, depth: {}, report: {}}
YAML

wrong 'rules across keys' 'c.yml:7:3: stages.prepare: nothing to do; set center, standardize or unit_norm to true, or leave the stage out
c.yml:4:9: stages.knn.k: 50 neighbors need more than 50 samples, but the layers have 50
c.yml:6:19: stages.id.reported.order: must be a power of 2
c.yml:5:17: stages.composition.k: sizes must ascend, but 10 comes after 30
c.yml:5:17: stages.composition.k: 60 is more than the 50 neighbors that stages.knn.k stores' <<'YAML'
name: t
input: {synthetic: {n_samples: 50}}
stages:
  knn: {k: 50}
  composition: {k: [30, 10, 60]}
  id: {reported: {order: 12}}
  prepare: {}
YAML

wrong 'wrong kinds of value' 'c.yml:2:32: input.synthetic.n_samples: an integer is expected, not the quoted text "50"
c.yml:3:19: stages.knn.k: an integer is expected, not a list
c.yml:3:40: stages.id: keys are expected, not a list
c.yml:3:33: stages.report: keys are expected, not a value' <<'YAML'
name: t
input: {synthetic: {n_samples: "50"}}
stages: {knn: {k: [3]}, report: 5, id: [twonn]}
YAML

wrong 'names that are no folder' "c.yml:1:1: name: '../x' cannot name a folder under results/; output= puts a run elsewhere" <<'YAML'
name: ../x
input: {synthetic: {n_samples: 50}}
stages: {knn: {k: 3}}
YAML

wrong 'a value for a section' "c.yml:2:44: missing key 'input.labels.z.path': file of labels: HDF5, .npy, .npz, safetensors, IDX, CIFAR's .bin, CSV, or text with one a line
c.yml:2:51: input.labels.y: keys are expected, not a value" <<'YAML'
name: t
input: {layers: {path: x.npy}, labels: {z: {}, y: lab.txt}}
stages: {knn: {k: 3}}
YAML

cat >c.yml <<'YAML'
name: t
input: {synthetic: {n_samples: 100, depth: 2, width: 8}}
stages: {knn: {k: 5}, report: {}}
YAML
cp c.yml base.yml
override() { local what=$1; wrong "override '$what'" "$2" "$what" <base.yml; }
override stages.knn.kk=3 "command line: unknown key 'kk' in stages.knn; did you mean 'k'?"
override stages.knn.k= \
    'command line: stages.knn.k: 100 neighbors need more than 100 samples, but the layers have 100'
override nonsense "command line: 'nonsense' is not of the form a.b=value"
override =3 "command line: '=3' is not of the form a.b=value"
override stages.knn.k=abc "command line: stages.knn.k: 'abc' is not an integer"
override stages.knn=3 'command line: stages.knn: keys are expected, not a value'
override name.x=3 "command line: 'name.x=3': 'name' holds a value, not keys"
override input.samples.limit=101 \
    'command line: input.samples.limit: 101 samples asked, 100 exist'

ok='ok: 3 layers, 100 samples, up to 8 features, 2 label sets, 3 stages'
for good in 'stages.knn={k: 7}' input.synthetic.n_samples=1e2 'name="no"' resources.memory=1GiB; do
    varve check c.yml "$good"
    expect_status "override '$good'" 0
    expect_text "override '$good'" out "c.yml: $ok"
done
printf 'include: base.yml\nname: over\n' >c.yml
varve check c.yml
expect_text 'include' out "c.yml: $ok"
wrong 'include of itself' "c.yml:1:10: include: 'c.yml' includes itself
c.yml:1:1: missing key 'name': name of the run; results go to results/<name>
c.yml:1:1: missing key 'input': layers and labels to read
c.yml:1:1: missing key 'stages': what to compute; a stage is on when its key is present, {} means its defaults" <<'YAML'
include: c.yml
YAML
wrong 'include of nothing' "c.yml:1:10: include: cannot open 'nowhere.yml': No such file or directory
c.yml:1:1: missing key 'name': name of the run; results go to results/<name>
c.yml:1:1: missing key 'input': layers and labels to read
c.yml:1:1: missing key 'stages': what to compute; a stage is on when its key is present, {} means its defaults" <<'YAML'
include: nowhere.yml
YAML

varve check nowhere.yml
expect_status 'no file' 2
expect_text 'no file' err "varve: error: cannot open the configuration 'nowhere.yml': No such file or directory
hint: paths are relative to where varve is started"
varve check .
expect_text 'a folder' err "varve: error: the configuration '.' is a directory"

# What was understood is written back and understood again, to the same.
varve plan base.yml -v
sed -n '/^effective configuration:$/,$p' out | tail -n +2 >again.yml
varve plan again.yml -v
sed -n '/^effective configuration:$/,$p' out | tail -n +2 >thrice.yml
diff <(sed 's/ *#.*//' again.yml) <(sed 's/ *#.*//' thrice.yml) ||
    complain 'the effective configuration does not read back to itself'

# The defaults file is what the program says.
varve stages --defaults
expect_status defaults 0
diff out "$repository/configs/defaults.yml" >difference ||
    { complain "configs/defaults.yml is not what 'varve stages --defaults' prints:"; cat difference; }

# Ranks that read different files do not wait for each other for ever.
sed 's/k: 5/k: 6/' base.yml >other.yml
for second in other.yml again.broken; do
    echo 'name: [' >again.broken
    cat >choose.sh <<SH
exec "$program" check \$([ "\$OMPI_COMM_WORLD_RANK" = 0 ] && echo base.yml || echo $second)
SH
    timeout 60 "$launch" 2 sh choose.sh >out 2>err
    status=$?
    expect_status "another configuration on rank 1 ($second)" 2
    expect_part "another configuration on rank 1 ($second)" err \
        "varve: error: the ranks do not read the same configuration or input from 'base.yml'"
done

# Too little memory is refused before anything is read; a stage to stop at must exist.
varve run base.yml resources.memory=1MiB input.synthetic.n_samples=100000
expect_status 'too little memory' 5
expect_errors 'too little memory' 1
expect_part 'too little memory' err 'but resources.memory is 1.0 MiB'
expect_part 'too little memory' err 'hint: use more ranks (varve plan --ranks N tells), or raise the budget'
[ -e results ] && complain 'a refused run left a folder'
varve run base.yml --until knnn
expect_status 'unknown --until' 2
expect_line 'unknown --until' err "--until: no stage 'knnn'; did you mean 'knn'?"
finish
