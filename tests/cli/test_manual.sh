#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The manual page and the completions tell what the program's lists tell: every command, option, stage, key, exit code
# and environment variable; the page is clean troff, the scripts are what their shells accept, and bash completes.
. "$(dirname "$0")/lib.sh"
varve manual
expect_status manual 0
cp out varve.1
varve --help
cp out help
varve stages
awk '{print $1}' out >stages
varve stages --defaults
cp out defaults.yml

# Plain text of the page, without what troff needs.
sed -e 's/\\f[BIR]//g' -e 's/\\-/-/g' -e 's/\\(aq/'"'"'/g' -e 's/\\(ti/~/g' -e 's/\\(ha/^/g' -e 's/\\&//g' varve.1 >page
lists() { sed -n "s/^VV_$1(\"*\([^,\"]*\).*/\1/p" "$repository/pipeline/$2"; }
named() { grep -qxE -- "$1( .*)?" page || complain "the manual lacks $1"; }
for command in $(lists COMMAND run/commands.def); do named "$command"; done
for option in $(sed -n 's/^VV_OPTION(\([^"]*"\)\([^"]*\)".*/\2/p' "$repository/pipeline/run/options.def"); do
    named "(-., )?--$option"
    grep -q -- "--$option" help || complain "the help lacks --$option"
done
while read -r stage; do named "$stage"; done <stages
for code in $(sed -n 's/^VV_STATUS([A-Z]*, *\([0-9]*\),.*/\1/p' "$repository/pipeline/base/status.def"); do named "$code"; done
for variable in $(grep -hoE 'getenv\("[A-Z_]*"\)' "$repository"/pipeline/*/*.c | sed 's/.*"\(.*\)".*/\1/' | sort -u); do
    grep -qE "^([A-Z_]+, )?$variable(,|\$)" page || complain "the manual lacks the variable $variable"
done
# The keys of `stages --defaults`, as dotted paths: two blanks a level.
awk '/^ *#/ { next } /^ *[a-z_]+:/ { match($0, /^ */); depth = RLENGTH / 2; key = $1; sub(/:.*/, "", key); path[depth] = key
     whole = path[0]; for (d = 1; d <= depth; d++) whole = whole "." path[d]; print whole }' defaults.yml >keys
[ "$(wc -l <keys)" -gt 60 ] || complain "only $(wc -l <keys) keys were found"
while read -r key; do named "$key"; done <keys

if command -v mandoc >/dev/null; then
    mandoc -Tlint -W warning varve.1 | grep -v "missing date" >lint
    [ -s lint ] && complain "mandoc: $(head -n 5 lint)"
fi
if command -v groff >/dev/null && groff -man -Tutf8 /dev/null >/dev/null 2>&1; then
    groff -ww -man -Tutf8 varve.1 2>lint >formatted || complain 'groff fails'
    [ -s lint ] && complain "groff: $(head -n 5 lint)"
    [ "$(wc -l <formatted)" -gt 200 ] || complain 'the page is short'
fi

for shell in bash zsh fish; do
    varve completion "$shell"
    expect_status "completion of $shell" 0
    cp out "varve.$shell"
    for option in $(sed -n 's/^VV_OPTION(\([^"]*"\)\([^"]*\)".*/\2/p' "$repository/pipeline/run/options.def"); do
        grep -qE -- "(--|-l )$option([^a-z]|\$)" "varve.$shell" || complain "$shell does not complete --$option"
    done
done
if command -v zsh >/dev/null; then zsh -n varve.zsh || complain 'zsh does not accept its script'; fi
if command -v fish >/dev/null; then
    fish --no-execute varve.fish || complain 'fish does not accept its script'
    offered=$(fish --no-config -c 'source varve.fish; complete -C "varve run mine.yml stages.knn.metric="' 2>/dev/null)
    [ "$(sort <<<"$offered" | tr '\n' ' ')" = 'stages.knn.metric=cosine stages.knn.metric=euclidean stages.knn.metric=inner_product ' ] ||
        complain "fish offers: $offered"
fi
if command -v shellcheck >/dev/null; then shellcheck varve.bash || complain 'shellcheck has something to say'; fi

# bash: what is offered for a command line, one word a line; '=' is a word of its own there.
# shellcheck source=/dev/null
. ./varve.bash
mkdir -p here/folder && cd here && touch mine.yml other.txt
offered() {
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    _varve
    printf '%s\n' "${COMPREPLY[@]}" | sort
}
completes() { # completes TEXT WORDS...: exactly these are offered
    local expected=$1
    shift
    [ "$(offered "$@" | tr '\n' ' ')" = "$expected " ] || complain "for '$*' bash offers: $(offered "$@" | tr '\n' ' '), not $expected"
}
offers() { # offers WORD WORDS...: among others
    local word=$1
    shift
    offered "$@" | grep -qxF -- "$word" || complain "for '$*' bash does not offer $word"
}
completes plan varve pl
completes '--defaults' varve stages --de
completes '--until' varve run mine.yml --u
completes 'knn' varve run --until kn
completes 'knn' varve run --until = kn
completes 'cross_knn' varve stages cr
completes 'bash' varve completion b
completes 'list prune' varve cache ''
completes 'mine.yml' varve run mi
completes 'folder mine.yml' varve run ''
completes 'stages.knn.k=' varve run mine.yml stages.knn.k
completes 'cosine euclidean inner_product' varve run mine.yml stages.knn.metric =
completes 'cosine' varve check mine.yml stages.knn.metric = c
completes 'other.txt' varve inspect ot
completes '' varve plan mine.yml --ranks ''
offers 'input.samples.limit=' varve run mine.yml input.s
offers run varve ''
offers --quiet varve diff a b -
offered varve check mine.yml - | grep -q -- --fresh && complain 'bash offers an option of another command'
# Every leaf of the defaults is offered, but for what the user names.
while read -r key; do
    grep -q "^$key\." ../keys || grep -q "^$key\.NAME" ../page || offers "$key=" varve run mine.yml "$key"
done <../keys
cd ..

varve completion
expect_status 'no shell' 2
varve completion tcsh
expect_status 'another shell' 2
expect_text 'another shell' err "varve: error: there is no completion for 'tcsh'
hint: one of bash, zsh, fish"
varve manual more
expect_status 'manual with an argument' 2
finish
