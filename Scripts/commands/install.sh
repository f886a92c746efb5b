#!/usr/bin/env bash
# install [--prefix DIR]
# Put the workbench's program, traced-lambda, on your PATH.
#
# Builds the workbench and makes DIR/bin/traced-lambda, a link to it, so that it still finds this checkout; and what
# completes its command line in bash, zsh and fish.
#
#   --prefix DIR   where to put it (~/.local unless told); DIR/bin must be on PATH
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

require_swift
need_packages "${swift_packages[@]}"
need_workbench

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
