# shellcheck shell=bash
# The symbol graphs of the public modules, from which the documentation and the API digest are made. Sourced, never run.
# shellcheck disable=SC2034,SC2154 # Its names are used by, and come from, the files that are sourced with it.

# What a function or its tests import.
documented_modules=(SessionTracing HTTPCalls TriggerEvents TracedLambda TracedLambdaModels TestEvents TracedLambdaTesting)

graphs=$build_directory/symbol-graphs

emit_symbol_graphs() {
    # SwiftPM does not recompile a module that is up to date, which then has no graph: this build starts anew, in a
    # directory of its own.
    rm -rf "$graphs"
    mkdir -p "$graphs"
    local module
    for module in "${documented_modules[@]}"; do
        step "Collecting the public declarations of $module" swift build --package-path "$root" --target "$module" \
            --scratch-path "$graphs/build" -Xswiftc -emit-symbol-graph -Xswiftc -emit-symbol-graph-dir \
            -Xswiftc "$graphs"
    done
}

# Prints the public declarations, sorted.
api_digest() { "$tools_directory/venv/bin/python" "$root/Scripts/api_digest.py" "$graphs" "${documented_modules[@]}"; }
