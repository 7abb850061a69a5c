#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# make install puts everything below DESTDIR and PREFIX, it works from there, and uninstall leaves nothing.
. "$(dirname "$0")/../cli/lib.sh"
build=$(dirname "$program")
make() { command make -s -C "$repository" BOOTSTRAP=no VARIANT="$(basename "$build")" "$@" >out 2>err; status=$?; }
make install DESTDIR="$scratch/stage" PREFIX=/opt/varve
expect_status install 0
(cd stage/opt/varve && find . -type f -o -type l) | sort >files
for file in bin/varve share/man/man1/varve.1 share/bash-completion/completions/varve \
    share/zsh/site-functions/_varve share/fish/vendor_completions.d/varve.fish share/doc/varve/LICENSE \
    share/doc/varve/examples/configs/quickstart.yml share/doc/varve/examples/jobs/slurm/run.sbatch; do
    grep -qxF "./$file" files || complain "install leaves out $file"
done
[ "$(ls stage)" = opt ] || complain "something is installed outside PREFIX: $(ls stage)"
cmp -s stage/opt/varve/bin/varve "$program" || complain 'another program is installed'
[ -x stage/opt/varve/share/doc/varve/examples/jobs/local/run.sh ] || complain 'a script lost its permission'
head -n 1 stage/opt/varve/share/man/man1/varve.1 | grep -q '^\.TH VARVE 1 ' || complain 'the manual is none'

mkdir away && cd away || exit 1
PATH=$scratch/stage/opt/varve/bin:$PATH command varve run \
    "$scratch/stage/opt/varve/share/doc/varve/examples/configs/quickstart.yml" output=o -q \
    input.synthetic.n_samples=300 >../out 2>../err </dev/null || complain "the installed program fails: $(cat ../err)"
[ -s o/report.h5 ] || complain 'the installed program leaves no report'
cd .. || exit 1

touch stage/opt/varve/share/man/man1/other.1
make uninstall DESTDIR="$scratch/stage" PREFIX=/opt/varve
expect_status uninstall 0
left=$(cd stage && find . -type f)
[ "$left" = ./opt/varve/share/man/man1/other.1 ] || complain "uninstall leaves: $left"
finish
