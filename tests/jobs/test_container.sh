#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The container files without a container engine: the steps of the Dockerfile, and the sections of the Apptainer
# definition, in chroots of a Debian made by debootstrap; the images run the example on 2 ranks.
# Minutes, root, the packages of Debian: make check-container.
. "$(dirname "$0")/../cli/lib.sh"
[ "${VV_CONTAINER:-no}" = yes ] || { echo 'takes minutes: make check-container'; exit 77; }
command -v debootstrap >/dev/null || { echo 'needs debootstrap'; exit 77; }
[ "$(id -u)" = 0 ] || { echo 'needs root'; exit 77; }
files=$repository/jobs/container
images=$scratch/images
mkdir "$images"
finally() {
    for mounted in "$images"/*/dev/shm "$images"/*/dev "$images"/*/proc; do mountpoint -q "$mounted" && umount "$mounted"; done
    mountpoint -q "$images" || rm -rf --one-file-system "$scratch"
}
trap finally EXIT

# debian NAME: a fresh root; packages come from where the host's come from.
debian() {
    local mirror
    if [ ! -d "$images/base" ]; then
        mirror=$(grep -hoE '(^deb .*|^URIs: *)https?://[^ ]+' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
            grep -oE 'https?://[^ ]+' | grep -v security | head -n 1)
        debootstrap --variant=minbase bookworm "$images/base" "${mirror:-http://deb.debian.org/debian}" >bootstrap.log 2>&1 ||
            { tail bootstrap.log; complain 'debootstrap fails'; finish; }
        rm -f "$images/base/etc/apt/sources.list"
        cp -a /etc/apt/sources.list* /etc/apt/apt.conf.d "$images/base/etc/apt/" 2>/dev/null
        cp /etc/resolv.conf /etc/hosts "$images/base/etc/"
        mkdir -p "$images/base/etc/ssl" && cp -aL /etc/ssl/certs "$images/base/etc/ssl/" 2>/dev/null
    fi
    cp -a "$images/base" "$images/$1"
    mount -t proc proc "$images/$1/proc"
    mount --bind /dev "$images/$1/dev"
    mount -t tmpfs tmpfs "$images/$1/dev/shm"
}
inside() { chroot "$images/$1" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive "${@:2}"; }

# The source, without what was built.
source_to() {
    mkdir -p "$1"
    (cd "$repository" && git ls-files -z --cached --others --exclude-standard | tar -c --null -T - -f - .git) | tar -x -C "$1" -f -
}

# build DOCKERFILE: its instructions, one after the other; leaves the last stage's name in $image, variables in $variables
build() {
    local word rest here=/ line=''
    while IFS= read -r rest || [ -n "$rest" ]; do
        case $rest in \#* | '') continue ;; esac
        line=$line${rest%\\}
        [ "${rest%\\}" = "$rest" ] || continue
        read -r word rest <<<"$line"
        case $word in
        FROM)
            image=$(sed -n 's/.* AS \(.*\)/\1/p' <<<"$rest")
            image=docker-${image:-last} here=/ variables=()
            debian "$image" ;;
        COPY)
            case $rest in
            --from=*) read -r from what to <<<"$rest"; cp -a "$images/docker-${from#--from=}$what/." "$images/$image$to" ;;
            '. '*) source_to "$images/$image${rest#. }" ;;
            *) read -r what to <<<"$rest"; cp "$repository/$what" "$images/$image$to" ;;
            esac ;;
        RUN) inside "$image" sh -c "cd $here && $rest" >step.log 2>&1 ||
            { tail -n 20 step.log; complain "fails: RUN $rest"; finish; } ;;
        WORKDIR) here=$rest; mkdir -p "$images/$image$here" ;;
        ENV) read -ra variables <<<"$rest" ;;
        ENTRYPOINT | CMD) ;;
        *) complain "unknown instruction $word" ;;
        esac
        line=''
    done <"$1"
}

# runs IMAGE VARIABLES...: the example, on 2 ranks
runs() {
    local image=$1
    shift
    inside "$image" "$@" varve --version >out 2>&1 || complain "$image: $(cat out)"
    inside "$image" "$@" sh -c 'cd /tmp && mpirun --oversubscribe -n 2 varve run \
        /usr/share/doc/varve/examples/configs/quickstart.yml output=o -q' >out 2>&1 || complain "$image: $(tail -n 20 out)"
    "$program" diff "$images/$image/tmp/o" whole -q >out || complain "$image: another report: $(cat out)"
    [ ! -e "$images/$image/src" ] || complain "$image: the source is in it"
    inside "$image" sh -c 'command -v gcc' && complain "$image: the compiler is in it"
}

varve run "$repository/configs/quickstart.yml" output=whole -q
build "$files/Dockerfile"
runs "$image" "${variables[@]}"

# %files, %post and %test of the definition.
section() { sed -n "/^%$1\$/,/^%/p" "$files/varve.def" | grep -v '^%'; }
debian apptainer
source_to "$images/apptainer/src"
inside apptainer sh -ec "$(section post)" >step.log 2>&1 || { tail -n 20 step.log; complain 'fails: %post'; finish; }
inside apptainer OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 sh -ec "$(section test)" >out 2>&1 || complain "%test: $(tail out)"
finish
