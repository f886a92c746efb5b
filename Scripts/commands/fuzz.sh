#!/usr/bin/env bash
# fuzz [--count N]
# Scan mutated events with the address sanitizer, and measure the time of a scan.
#
#   --count N   the number of mutated events (default: 1000000)
#
# Fails on a crash, and on a scan that takes over 50 ns per byte, over 10 % of the time to decode the same large event
# (a direct one: 5 %), or over 50 µs for a recorded event of some kilobytes.
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
source "$root/Scripts/machine.sh"

answer_help "$@"
count=1000000
while (($# > 0)); do
    case $1 in
        --count)
            [[ ${2-} =~ ^[1-9][0-9]*$ ]] || usage_error "--count needs a number"
            count=$2
            shift
            ;;
        *) usage_error "unknown argument '$1'" ;;
    esac
    shift
done

need_swift
cd "$root"
fixtures=$root/Tests/TriggerContextTests/Fixtures
options=(--configuration release --product TriggerFuzz)

sanitized=(--sanitize=address --scratch-path "$build_directory/fuzz")
step "Building with the address sanitizer" swift build "${options[@]}" "${sanitized[@]}"
step "Scanning $count mutated events" \
    "$(swift build "${options[@]}" "${sanitized[@]}" --show-bin-path)/TriggerFuzz" "$fixtures" "$count"
step "Building for the measurement" swift build "${options[@]}"
step "Measuring" "$(swift build "${options[@]}" --show-bin-path)/TriggerFuzz" "$fixtures"
