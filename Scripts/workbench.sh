# shellcheck shell=bash
# Builds the workbench, a separate Swift package with a local Lambda and a local collector. Sourced, never run.
# shellcheck disable=SC2034,SC2154 # Its names are used by, and come from, the files that are sourced with it.

workbench=$root/Workbench

# need_workbench debug|release: builds the executable traced-lambda and sets traced_lambda to its path. The debug build
# takes half as long, and is the one that the tests make; the release build takes in large traces five times as fast.
need_workbench() {
    local configuration=$1 minutes=2
    # The end-to-end tests name the one that they have built.
    if [[ -n ${TRACED_LAMBDA-} ]]; then
        traced_lambda=$TRACED_LAMBDA
        return 0
    fi
    [[ $configuration == debug ]] || minutes=5
    # SwiftPM does not notice a new file of the root package otherwise, which the workbench depends on.
    touch "$workbench/Package.swift"
    step "Building the workbench (about $minutes minutes the first time: it has a web server of its own)" \
        own_swift build --configuration "$configuration" --package-path "$workbench" --product traced-lambda ||
        die "$exit_failure" "the workbench cannot be built"
    traced_lambda=$workbench/.build/$configuration/traced-lambda
}
