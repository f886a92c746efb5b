#!/usr/bin/env bash
# docs
# Build the documentation of the public modules into .build/docs; a warning is an error.
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
source "$root/Scripts/machine.sh"
source "$root/Scripts/symbol-graphs.sh"

answer_help "$@"
(($# == 0)) || usage_error "docs takes no argument, but got '$1'"

need_swift

convert() {
    local module=$1
    mkdir -p "$graphs/$module" "$build_directory/docs"
    # The module's own graph, and those of its extensions of other modules: MODULE@OTHER.
    find "$graphs" -maxdepth 1 '(' -name "$module.symbols.json" -o -name "$module@*.symbols.json" ')' -exec cp {} "$graphs/$module/" ';'
    docc convert --warnings-as-errors --additional-symbol-graph-dir "$graphs/$module" \
        --fallback-display-name "$module" --fallback-bundle-identifier "$module" --output-dir "$build_directory/docs/$module"
}

part "symbol graphs" emit_symbol_graphs
for module in "${documented_modules[@]}"; do
    part "$module" convert "$module"
done
summary "Documentation" || exit "$exit_failure"
