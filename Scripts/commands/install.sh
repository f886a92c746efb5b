#!/usr/bin/env bash
# install [--prefix DIR]
# Install the workbench's program, traced-lambda, on your PATH.
#
# Builds the workbench, creates DIR/bin/traced-lambda as a symbolic link to it, so that the program finds this checkout,
# and installs completions for bash, zsh and fish.
#
#   --prefix DIR   the prefix (default: ~/.local); DIR/bin should be on PATH
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
source "$root/Scripts/machine.sh"
source "$root/Scripts/workbench.sh"

answer_help "$@"
prefix=${HOME:-}/.local
while (($# > 0)); do
    case $1 in
        --prefix)
            (($# > 1)) || usage_error "--prefix needs a directory"
            prefix=$2
            shift
            ;;
        --prefix=*) prefix=${1#*=} ;;
        *) usage_error "unknown argument '$1'" ;;
    esac
    shift
done
[[ -n $prefix ]] || usage_error "--prefix needs a directory"

need_swift
need_workbench release

program=$prefix/bin/traced-lambda
[[ ! -e $program || -L $program ]] || die "$exit_failure" "'$program' is there already, and is no link that this command made"

complete_with() {
    local shell=$1 file=$2
    mkdir -p "$(dirname "$file")"
    "$traced_lambda" --generate-completion-script "$shell" >"$file"
}

mkdir -p "$prefix/bin"
ln -sfn "$traced_lambda" "$program"
complete_with bash "$prefix/share/bash-completion/completions/traced-lambda"
complete_with zsh "$prefix/share/zsh/site-functions/_traced-lambda"
complete_with fish "$prefix/share/fish/vendor_completions.d/traced-lambda.fish"

say "$program"
case :$PATH: in
    *":$prefix/bin:"*) ;;
    *) say "$prefix/bin is not on PATH yet" ;;
esac
