#!/usr/bin/env bash
# test [--all]
# Run all tests: those of each Swift package, then end to end on packaged functions.
#
#   --all   also run the slow end-to-end tests (pytest's mark "slow"), for which MLflow is installed, and the tests of
#           async-http-client, which takes minutes to build
#
# All parts run, also after a failure; the summary at the end lists the results.
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
source "$root/Scripts/machine.sh"
source "$root/Scripts/packages.sh"
source "$root/Scripts/static-curl.sh"

# The functions of the end-to-end tests: the examples, the probes whose events control them, and the benchmark function
# whose instructions are counted.
packaged_products=(HelloSession QueueWorker AgentAPI Orchestrator Responder ProbeFunction StreamingProbe BenchmarkFunction)

answer_help "$@"
selection=(-m "not slow")
omitted_packages=("${slow_packages[@]}")
while (($# > 0)); do
    case $1 in
        --all)
            selection=()
            omitted_packages=()
            ;;
        *) usage_error "unknown argument '$1'" ;;
    esac
    shift
done

need_swift
need_packages "${static_packages[@]}" "${test_packages[@]}"
need_tools
((${#selection[@]} > 0)) || need_mlflow

# The tests' executable, linked once more with the libcurl that is deployed, runs the tests of the transport.
shipped_libcurl() {
    need_static_curl
    local debug tests=$build_directory/shipped-libcurl.xctest runtime
    debug=$(own_swift build --package-path "$root" --show-bin-path) || return 1
    runtime=$(swiftc -print-target-info | sed -n '/"runtimeLibraryPaths"/,/]/s/^ *"\(.*\)",\{0,1\}$/\1/p' | head -n 1)
    # OpenSSL is built without position-independent code, as a static executable needs none.
    step "Linking the tests with the deployed libcurl" \
        swiftc -emit-executable -o "$tests" "@$debug/swift-traced-lambdaPackageTests.product/Objects.LinkFileList" \
        "-L$static_curl/lib" "-L$debug" -lcurl -lz -lm -lTesting -lXCTest -use-ld=lld -Xclang-linker -no-pie \
        -Xlinker -rpath -Xlinker "$runtime" || return 1
    step "Testing the transport with the deployed libcurl" \
        "$tests" --testing-library swift-testing --parallel --filter 'CurlTransportTests|CurlExport'
}

end_to_end() {
    say "Testing end to end"
    PATH=$tools_directory/venv/bin:$tools_directory:$PATH "$tools_directory/venv/bin/python" -m pytest \
        -n 2 --durations=25 --durations-min=5 -p no:cacheprovider "${selection[@]}" "$root/Tests/EndToEnd"
}

for package in "${tested_packages[@]}"; do
    [[ " ${omitted_packages[*]-} " != *" $package "* ]] || continue
    part "$(package_name "$package")" step "Testing $(package_name "$package") (some minutes the first time)" \
        own_swift test --parallel --package-path "$package"
done
part "transport, deployed libcurl" shipped_libcurl
for product in "${packaged_products[@]}"; do
    part "packaging $product" "$root/build.sh" package "$product"
done
part "end to end" end_to_end
summary "Tests" || exit "$exit_failure"
