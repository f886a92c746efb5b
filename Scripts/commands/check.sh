#!/usr/bin/env bash
# check
# Run everything: lint, builds without a warning, the unit tests under two sanitizers, all tests, and the faults.
#
# Each kind of build has a directory of its own in .build, so the next check builds only what has changed.
# The first check takes more than an hour on two cores.
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
source "$root/Scripts/machine.sh"
source "$root/Scripts/packages.sh"

answer_help "$@"
(($# == 0)) || usage_error "check takes no argument, but got '$1'"

need_swift

# SwiftPM suppresses the warnings of dependencies, so only those of the package's own targets become errors.
without_warnings() {
    step "Building $(package_name "$1") with warnings as errors" swift build --build-tests \
        --package-path "$1" --scratch-path "$build_directory/strict/$(basename "$1")" -Xswiftc -warnings-as-errors
}

sanitized() {
    # Swift stores bits in some pointers, so the leak detector reports live objects; the soak of `faults` checks for
    # leaks instead.
    ASAN_OPTIONS=detect_leaks=0 step "Testing $(package_name "$root") with the $1 sanitizer" \
        swift test --parallel --sanitize="$1" --package-path "$root" --scratch-path "$build_directory/$1"
}

part "lint" "$root/build.sh" lint
for package in "${tested_packages[@]}"; do
    part "$(package_name "$package"), no warning" without_warnings "$package"
done
part "thread sanitizer" sanitized thread
part "address sanitizer" sanitized address
part "documentation" "$root/build.sh" docs
part "tests" "$root/build.sh" test --all
part "faults" "$root/build.sh" faults --quick
summary "Check" || exit "$exit_failure"
