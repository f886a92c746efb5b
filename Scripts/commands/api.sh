#!/usr/bin/env bash
# api [--check]
# Write the public declarations to docs/api-digest.txt, one per line and sorted.
#
# A change of that file in a commit shows what users of the package will notice. `release` compares it with that of the
# last version.
#
#   --check   change nothing, and fail when the file is out of date
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
source "$root/Scripts/machine.sh"
source "$root/Scripts/symbol-graphs.sh"

answer_help "$@"
check=
if [[ ${1-} == --check ]]; then
    check=yes
    shift
fi
(($# == 0)) || usage_error "unknown argument '$1'"

need_swift
need_tools
emit_symbol_graphs || exit "$exit_failure"
digest=$root/docs/api-digest.txt
api_digest >"$build_directory/api-digest.txt"
if [[ -n $check ]]; then
    diff -u "$digest" "$build_directory/api-digest.txt" ||
        die "$exit_failure" "docs/api-digest.txt is out of date: run ./build.sh api, and commit the file"
    say "docs/api-digest.txt is up to date: $(wc -l <"$digest") public declarations"
else
    cp "$build_directory/api-digest.txt" "$digest"
    say "$digest: $(wc -l <"$digest") public declarations"
fi
