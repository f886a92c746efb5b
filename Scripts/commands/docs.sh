#!/usr/bin/env bash
# docs
# Build the documentation of the public modules into .build/docs; a warning is an error.
#
# Also writes the table of all settings, made from their declarations, to docs/configuration.md.
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
    # A module's articles, if it has any.
    local articles=()
    [[ ! -d $root/Sources/$module/$module.docc ]] || articles=("$root/Sources/$module/$module.docc")
    docc convert "${articles[@]}" --warnings-as-errors --additional-symbol-graph-dir "$graphs/$module" \
        --fallback-display-name "$module" --fallback-bundle-identifier "$module" --output-dir "$build_directory/docs/$module"
}

# Replaces the table of the variables: from its header to the next empty line.
write_settings() {
    local table document=$root/docs/configuration.md
    table=$(own_swift run --package-path "$root" --quiet SettingsDocument) || return 1
    TABLE=$table awk '
        /^\| Variable \|/ { print ENVIRON["TABLE"]; skips = 1 }
        /^$/ { skips = 0 }
        !skips
    ' "$document" >"$document.new" && mv "$document.new" "$document"
}

part "settings" write_settings
part "symbol graphs" emit_symbol_graphs
for module in "${documented_modules[@]}"; do
    part "$module" convert "$module"
done
summary "Documentation" || exit "$exit_failure"
