#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The rules of the architecture: which folder may include which, who may use which library, headers
# that stand alone, no unsafe calls, no overlong files or lines.
set -u
cd "$(dirname "$0")/.." || exit 1
bad=0
complain() { echo "$1"; bad=1; }

# From the bottom up; a folder includes itself and what stands before it.
order=(base dist data config io neighbors run)
level() { for i in "${!order[@]}"; do [ "${order[$i]}" = "$1" ] && echo "$i" && return; done; echo -1; }
# config and io both stand on data; the schema knows nothing of dist.
for file in pipeline/*/*.[ch]; do
    own=$(basename "$(dirname "$file")")
    while read -r folder; do
        [ "$(level "$folder")" -ge 0 ] || { [ "$folder" = stages ] && [ "$own" = run ]; } ||
            { complain "$file includes '$folder/', which is no layer"; continue; }
        [ "$folder" = stages ] || [ "$(level "$folder")" -le "$(level "$own")" ] ||
            complain "$file ($own) includes $folder/, which stands above it"
    done < <(sed -n 's/^#include "\([a-z_0-9]*\)\/.*/\1/p' "$file" | sort -u)
done
for file in stages/*/*.[ch]; do
    own=$(dirname "$file")
    grep -hoE '^#include "[^"]*"' "$file" | sed 's/#include "\(.*\)"/\1/' | while read -r path; do
        case $path in
        stages/*) [ "$(dirname "$path")" = "$own" ] || echo "$file includes $path of another stage" ;;
        run/*) echo "$file includes $path of the runner" ;;
        esac
    done
done | grep . && bad=1

only() { # only HEADER ALLOWED_REGEX: the header is used nowhere else in pipeline/ and stages/
    local hits
    hits=$(grep -lE "#include <$1>" pipeline/*/*.[ch] pipeline/*.h stages/*/*.[ch] | grep -vE "$2")
    [ -z "$hits" ] || complain "<$1> is included by: $hits"
}
only mpi.h '^pipeline/(dist/|io/h5\.c)'
only hdf5.h '^pipeline/io/'
only hdf5_hl.h '^pipeline/io/'
only yaml.h '^pipeline/config/'
only omp.h '^pipeline/(neighbors/|dist/comm\.c)'
only cblas.h '^(pipeline/neighbors/|stages/[a-z_]*/(core|pca)\.c)'

hits=$(grep -nE 'MPI_COMM_WORLD' pipeline/*/*.[ch] stages/*/*.[ch] | grep -v '^pipeline/dist/comm.c')
[ -z "$hits" ] || complain "MPI_COMM_WORLD outside dist/comm.c: $hits"
hits=$(grep -nE '\b(sprintf|strcpy|strcat|atoi|atof|gets)\(' pipeline/*/*.[ch] stages/*/*.[ch])
[ -z "$hits" ] || complain "unsafe calls: $hits"
hits=$(grep -nE '\b(printf|puts|putchar|exit|abort)\(|fprintf\(std(out|err)' pipeline/*/*.c stages/*/*.c |
    grep -v '^pipeline/run/')
[ -z "$hits" ] || complain "printing or exiting below run/: $hits"
for file in pipeline/*/*.[ch] stages/*/*.[ch] tests/*/*.[ch]; do
    lines=$(wc -l <"$file")
    hits=$(awk 'length > 120 { print FNR }' "$file" | tr '\n' ' ')
    [ -z "$hits" ] || complain "$file has more than 120 columns in line $hits"
    [ "$lines" -le 500 ] || complain "$file has $lines lines"
    head -n 1 "$file" | grep -q 'SPDX-License-Identifier: MIT' || complain "$file lacks its SPDX line"
done
for stage in $(sed -n 's/^VV_STAGE(\(.*\))/\1/p' stages/stages.def); do
    [ -f "stages/$stage/stage.c" ] || complain "stages.def names $stage, which has no stage.c"
done
for file in pipeline/*.h pipeline/*/*.h stages/*/*.h; do
    printf '#include "%s"\n' "${file#pipeline/}" |
        ${CC:-mpicc} -std=c11 -D_XOPEN_SOURCE=700 -Wall -Wextra -Werror -Ipipeline -I. \
            $(pkg-config --cflags "${HDF5_PKG:-hdf5-openmpi}" 2>/dev/null) -xc -fsyntax-only - ||
        complain "$file does not compile alone"
done
if command -v shellcheck >/dev/null; then
    shellcheck -x jobs/*.sh jobs/*/*.sh jobs/slurm/run.sbatch jobs/pbs/run.pbs .ci/run || complain "shellcheck has something to say"
fi
[ "$bad" = 0 ] && echo "the layers are in order"
exit "$bad"
