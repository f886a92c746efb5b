# shellcheck shell=bash
# Builds the workbench, a separate Swift package with a local Lambda and a local collector. Sourced, never run.
# shellcheck disable=SC2034,SC2154 # Its names are used by, and come from, the files that are sourced with it.

workbench=$root/Workbench

# Builds the executable traced-lambda and sets traced_lambda to its path.
need_workbench() {
    local build=(swift build -c release --package-path "$workbench")
    step "Building the workbench (about 5 minutes the first time: it has a web server of its own)" \
        "${build[@]}" --product traced-lambda || die "$exit_failure" "the workbench cannot be built"
    traced_lambda=$("${build[@]}" --show-bin-path)/traced-lambda
}
