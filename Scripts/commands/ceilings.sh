#!/usr/bin/env bash
# ceilings [--profile]
# Write down what a start, a warm invocation and a span cost today, in instructions, as the tests' ceilings.
#
# Tests/EndToEnd/instruction_ceilings.json then holds each count, a ceiling 7 % above it, and the functions that it is
# made of; test_instructions.py fails above the ceiling and names the functions that have grown.
#
#   --profile   write nothing down, but print the functions in which most instructions are spent
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
source "$root/Scripts/machine.sh"

answer_help "$@"
report=ceilings
if [[ ${1-} == --profile ]]; then
    report=profile
    shift
fi
(($# == 0)) || usage_error "unknown argument '$1'"

require_swift
need_packages "${swift_packages[@]}" "${test_packages[@]}"
need_tools
"$root/build.sh" package BenchmarkFunction

say "Counting instructions"
PYTHONPATH=$root/Tests/EndToEnd PYTHONDONTWRITEBYTECODE=1 \
    "$tools_directory/venv/bin/python" -m support.instruction_report "$report"
