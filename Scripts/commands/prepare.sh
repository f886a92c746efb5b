#!/usr/bin/env bash
# prepare [package]
# Install the Debian packages that the commands need; the other commands then need no rights of root.
#
#   package   only those that `package` needs, for any product
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
source "$root/Scripts/machine.sh"

answer_help "$@"
packages=("${swift_packages[@]}" "${static_packages[@]}")
case ${1-} in
    '') packages+=("${python_packages[@]}" "${test_packages[@]}" "${lint_packages[@]}") ;;
    package) ;;
    *) usage_error "unknown argument '$1'" ;;
esac
(($# <= 1)) || usage_error "unknown argument '$2'"

need_packages "${packages[@]}"
