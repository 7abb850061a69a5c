#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Sweeps with mistakes: every message in full, with its place, before anything runs, and exit code 2.
. "$(dirname "$0")/lib.sh"
export OMP_NUM_THREADS=1

base='name: s
input: {synthetic: {n_samples: 300, width: 16, depth: 1}}
stages: {knn: {k: 20}, composition: {k: 5}, report: {}}'

# wrong WHAT TEXT [ARGUMENT ...]: base with the sweep on standard input, if any, is refused with exactly TEXT
wrong() {
    local what=$1 text=$2 command
    shift 2
    printf '%s\n' "$base" >c.yml
    [ -t 0 ] || cat >>c.yml
    for command in check plan run; do
        varve "$command" c.yml "$@"
        n=$(printf '%s\n' "$text" | wc -l)
        expect_status "$what" 2
        expect_text "$what" err "$text
varve: error: $n error$([ "$n" = 1 ] || echo s) in the configuration 'c.yml'"
    done
    [ -e results ] && complain "$what: something ran"
}

wrong 'many mistakes at once' "c.yml:6:5: sweep.grid: unknown key 'stages.knn.kk'; did you mean 'stages.knn.k'?
c.yml:7:5: sweep.grid: unknown key 'stages.kn.k'; did you mean 'stages.knn.k'?
c.yml:8:5: sweep.grid: 'stages.knn' is a section, of which keys can be swept: k, metric
c.yml:9:28: stages.composition.k: 'ten' is not an integer
c.yml:10:11: sweep.grid: seed: an empty list leaves no point
c.yml:11:40: input.synthetic.manifold: unknown choice 'sphear'; did you mean 'sphere'?
c.yml:12:28: sweep.grid: input.synthetic.noise: a list of values is expected, such as [0.1]
c.yml:13:5: sweep.grid: unknown key 'input.synthetic.noise.x': there are no keys in 'input.synthetic.noise'" <<'YAML'
sweep:
  grid:
    stages.knn.kk: [1]
    stages.kn.k: [1]
    stages.knn: [1]
    stages.composition.k: [ten, 5]
    seed: []
    input.synthetic.manifold: [sphere, sphear]
    input.synthetic.noise: 0.1
    input.synthetic.noise.x: [1]
YAML

wrong 'unknown parts' "c.yml:4:9: unknown key 'gird' in sweep; did you mean 'grid'?" <<'YAML'
sweep: {gird: {seed: [1, 2]}}
YAML
wrong 'nothing swept' 'c.yml:4:1: sweep: nothing is swept; give grid or zip' <<'YAML'
sweep: {grid: {}, skip: []}
YAML
wrong 'a list' 'c.yml:4:8: sweep: keys are expected, not a list' <<'YAML'
sweep: [1, 2]
YAML
wrong 'grid is no map' "c.yml:4:15: sweep.grid: keys are expected, such as 'stages.knn.k: [30, 100]'" <<'YAML'
sweep: {grid: [1, 2]}
YAML

wrong 'values that are out of bounds' 'c.yml:4:35: stages.knn.k must be between 1 and 1000, not 5000' <<'YAML'
sweep: {grid: {stages.knn.k: [10, 5000]}}
YAML
# what only the shapes tell, once although two points have it
wrong 'rules of a stage' 'c.yml:4:35: stages.knn.k: 400 neighbors need more than 400 samples, but the layers have 300' <<'YAML'
sweep: {grid: {stages.knn.k: [10, 400], seed: [1, 2]}}
YAML
wrong 'a list where a number is wanted' 'c.yml:4:31: stages.knn.k: an integer is expected, not a list' <<'YAML'
sweep: {grid: {stages.knn.k: [[10], 20]}}
YAML
wrong 'no label and value' 'c.yml:4:31: sweep.grid: stages.knn.k: a value is expected, or one label and value: {a: 100}' <<'YAML'
sweep: {grid: {stages.knn.k: [{a: 1, b: 2}]}}
YAML

wrong 'the same value twice' 'c.yml:4:35: sweep.grid: stages.knn.k: 10 is given twice
c.yml:4:74: sweep.grid: stages.composition.k: [5] is given twice' <<'YAML'
sweep: {grid: {stages.knn.k: [10, 1e1, 20], stages.composition.k: [5, 6, [5]]}}
YAML
wrong 'the default is given twice' 'c.yml:4:28: sweep.grid: seed: 1 is given twice' <<'YAML'
sweep: {grid: {seed: [1,   null]}}
YAML
wrong 'a key twice' "c.yml:4:52: sweep.grid: 'stages.knn.k' is given twice" <<'YAML'
sweep: {grid: {stages.knn.k: [1], stages: {knn: {  k: [2]}}}}
YAML

wrong 'zip of two lengths' 'c.yml:4:29: sweep.zip: 3 values for stages.knn.k, but 2 for seed' <<'YAML'
sweep: {zip: {seed: [1, 2], stages.knn.k: [10, 20, 30]}}
YAML
wrong 'zip with a combination twice' 'c.yml:4:28: sweep.zip: values 1 and 3 are the same in all lists' <<'YAML'
sweep: {zip: {seed: [1, 2, 1], stages.knn.k: [10, 10, 10]}}
YAML
wrong 'in grid and zip' "c.yml:4:37: sweep.zip: 'seed' is given twice, the other time in sweep.grid" <<'YAML'
sweep: {grid: {seed: [1, 2]}, zip: {seed: [3, 4]}}
YAML

wrong 'fixed keys' "c.yml:4:16: sweep: 'name' cannot be swept: points get names of their own, and {label: value} names a value
c.yml:4:30: sweep: 'output' cannot be swept: points get folders of their own
c.yml:4:46: sweep: 'resources.time_limit' cannot be swept: it holds for the whole sweep" <<'YAML'
sweep: {grid: {name: [a, b], output: [a, b], resources.time_limit: [1, 2]}}
YAML
wrong 'a stage that is off' "c.yml:4:16: sweep: 'stages.id.fraction' would change nothing, the stage is off; add 'id: {}' under stages" <<'YAML'
sweep: {grid: {stages.id.fraction: [0.5, 0.9]}}
YAML
wrong 'an input of two kinds' 'c.yml:2:1: input: give either layers or synthetic, not both' <<'YAML'
sweep: {grid: {input.layers.path: [a.h5, b.h5]}}
YAML

wrong 'skip' "c.yml:4:39: sweep.skip: 'stages.knn.k' is not swept
c.yml:4:63: sweep.skip: unknown key 'sead'; did you mean 'seed'?
c.yml:4:80: seed: 'x' is not an integer" <<'YAML'
sweep: {grid: {seed: [1, 2]}, skip: [{stages.knn.k: 3}, {     sead: 1}, {seed: x}]}
YAML
wrong 'all skipped' 'c.yml:4:37: sweep.skip: no point is left' <<'YAML'
sweep: {grid: {seed: [1, 2]}, skip: [{seed: [1, 2]}]}
YAML
wrong 'too many points' 'c.yml:4:16: sweep: 1002001 points are more than 1000000; sweep part by part' <<YAML
sweep: {grid: {input.synthetic.seed: [$(seq -s, 1001)], seed: [$(seq -s, 1001)]}}
YAML

# ---- the command line
grid='sweep: {grid: {stages.knn.k: [10, 20]}}'
zip='sweep: {zip: {stages.knn.k: [10, 20], seed: [1, 2]}}'
wrong 'an override of what is swept' "command line: 'stages.knn.k=7': the sweep varies stages.knn.k; --sweep stages.knn.k=7 replaces its values" stages.knn.k=7 <<<"$grid"
wrong 'no form' "command line: --sweep: 'stages.knn.k' is not of the form a.b=1,2" --sweep stages.knn.k <<<"$grid"
wrong 'no value' "command line: --sweep: 'stages.knn.k=' is not of the form a.b=1,2" --sweep stages.knn.k= <<<"$grid"
wrong 'unknown' "command line: --sweep: unknown key 'stages.knn.quark'; possible are in stages.knn: k, metric" --sweep stages.knn.quark=1 <<<"$grid"
wrong 'a value' "command line: stages.knn.k: 'x' is not an integer" --sweep stages.knn.k=3,x <<<"$grid"
wrong 'twice' "command line: --sweep: 'seed' is given twice" --sweep seed=1 --sweep seed=2 <<<"$grid"
wrong 'zipped' "command line: --sweep: 'seed' is given twice, the other time in sweep.zip" --sweep seed=1 <<<"$zip"
wrong 'zip, overridden to another length' 'c.yml:4:15: sweep.zip: 2 values for stages.knn.k, but 3 for seed' 'sweep.zip.seed=[1, 2, 3]' <<<"$zip"

# A condition that matches nothing is odd, but no mistake.
{ printf '%s\n' "$base"; echo 'sweep: {grid: {seed: [1, 2]}, skip: [{seed: 3}]}'; } >c.yml
for command in check plan; do
    varve "$command" c.yml
    expect_status 'matches nothing' 0
    expect_text 'matches nothing' err 'varve: warning: c.yml:4:38: sweep.skip: no point is like that'
done

# Many points are fine.
{ printf '%s\n' "$base"; echo "sweep: {grid: {input.synthetic.seed: [$(seq -s, 1000)], seed: [$(seq -s, 100)]}}"; } >c.yml
varve plan c.yml --count
expect_text 'many points' out 100000
varve check c.yml --index 100000
expect_text 'the last of many points' out 'c.yml: ok: 2 layers, 300 samples, up to 16 features, 2 label sets, 4 stages'
varve plan c.yml --index 100001
expect_part 'too high an index' err "option '--index' needs a number from 1 to 100000, the number of points, not '100001'"
varve inspect c.yml --index 1
expect_status 'option of another command' 2
expect_part 'option of another command' err "option '--index' does not belong to 'varve inspect'"
finish
