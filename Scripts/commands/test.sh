#!/usr/bin/env bash
# test [--all]
# Run all tests: those of each Swift package, then end to end on packaged functions.
#
#   --all   also run the slow end-to-end tests (pytest's mark "slow"), for which MLflow is installed
#
# All parts run, also after a failure; the summary at the end lists the results.
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
source "$root/Scripts/machine.sh"
source "$root/Scripts/packages.sh"

# The functions of the end-to-end tests: the examples, the probes whose events control them, and the benchmark function
# whose instructions are counted.
packaged_products=(HelloSession QueueWorker AgentAPI ProbeFunction StreamingProbe BenchmarkFunction)

answer_help "$@"
selection=(-m "not slow")
while (($# > 0)); do
    case $1 in
        --all) selection=() ;;
        *) usage_error "unknown argument '$1'" ;;
    esac
    shift
done

need_swift
need_packages "${test_packages[@]}"
need_tools
((${#selection[@]} > 0)) || need_mlflow

end_to_end() {
    say "Testing end to end"
    PATH=$tools_directory/venv/bin:$tools_directory:$PATH "$tools_directory/venv/bin/python" -m pytest \
        -n 2 -p no:cacheprovider "${selection[@]}" "$root/Tests/EndToEnd"
}

for package in "${tested_packages[@]}"; do
    part "$(package_name "$package")" step "Testing $(package_name "$package") (some minutes the first time)" \
        own_swift test --parallel --package-path "$package"
done
for product in "${packaged_products[@]}"; do
    part "packaging $product" "$root/build.sh" package "$product"
done
part "end to end" end_to_end
summary "Tests" || exit "$exit_failure"
