#!/usr/bin/env bash
# bare [--debian 12|13] [--container] [COMMAND [ARGUMENT…]]
# Try the commands on a bare machine: Debian's minimal packages, git and a Swift toolchain, and a fresh clone.
#
# Makes the root file system of such a machine once, in .build/bare, from the Debian archive that this machine's apt
# is configured for. Each run starts from that state again, clones HEAD, and runs `./build.sh demo` and
# `./build.sh test`, or the one COMMAND given: so it fails when the scripts do not install something that they need.
# Downloaded packages are kept in .build/bare/cache.
#
# The bare machine has this machine's Swift toolchain, and what is configured here for apt, pip, git and certificate
# authorities. Needs root, for mounts and name spaces, and about 15 GB of disk while it runs.
#
#   --debian N    the Debian release, 12 unless told
#   --container   try `./build.sh --container COMMAND` instead, with an image of the bare root; without COMMAND, package
#                 HelloSession on this machine and in the container, and compare the bytes
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
source "$root/Scripts/machine.sh"
source "$root/Scripts/bare-root.sh"

release=12 container=
while (($# > 0)); do
    case $1 in
        --debian)
            (($# > 1)) || usage_error "--debian needs a release: 12 or 13"
            release=$2
            shift
            ;;
        --debian=*) release=${1#*=} ;;
        --container) container=yes ;;
        # Behind COMMAND these words are COMMAND's.
        -h | --help) answer_help --help ;;
        -*) usage_error "unknown option '$1'" ;;
        *) break ;;
    esac
    shift
done
case $release in
    12) codename=bookworm ;;
    13) codename=trixie ;;
    *) usage_error "'$release' is no Debian release that this command knows: 12 or 13" ;;
esac

((EUID == 0)) || die "$exit_unavailable" "bare makes mounts and name spaces, for which it must be root: run it with sudo"
need_swift
need_packages "${bare_packages[@]}"
mkdir -p "$bare"
exec {lock}>"$bare/lock${container:+-container}"
flock --nonblock "$lock" || die "$exit_failure" "another './build.sh bare' is running in this checkout: wait for its end"
need_bare_root "$codename"

if [[ -n $container ]]; then
    run_in_bare_container "$@"
    exit
fi
[[ -z $(git -C "$root" status --porcelain) ]] ||
    complain "warning: uncommitted changes are left out: the bare machine clones HEAD, $(git -C "$root" rev-parse --short HEAD)"
run_on_bare_machine "$bare/machine" "$@"
