# shellcheck shell=bash
# The Swift packages of this repository. Sourced, never run.
# shellcheck disable=SC2034,SC2154 # Its names are used by, and come from, the files that are sourced with it.

# The directories of the packages with tests, the root package first.
mapfile -t tested_packages < <(
    grep -rl --include=Package.swift --exclude-dir=.build --fixed-strings .testTarget "$root" | xargs -d '\n' dirname | sort
)

# Those that only `test --all` tests: async-http-client and its TLS library take minutes to build.
slow_packages=("$root/Tests/AsyncHTTPClient")

package_name() {
    if [[ $1 == "$root" ]]; then echo "the root package"; else echo "${1#"$root/"}"; fi
}
