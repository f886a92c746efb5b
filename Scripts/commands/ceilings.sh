#!/usr/bin/env bash
# ceilings
# Write down what a start, a warm invocation and a span cost today, in instructions, as the tests' ceilings.
#
# Tests/EndToEnd/instruction_ceilings.json then holds each count, a ceiling 7 % above it, and the functions that it is
# made of; test_instructions.py fails above the ceiling and names the functions that have grown.
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
source "$root/Scripts/machine.sh"

answer_help "$@"
(($# == 0)) || usage_error "ceilings takes no argument, but got '$1'"

require_swift
need_packages "${swift_packages[@]}" "${test_packages[@]}"
need_tools
"$root/build.sh" package BenchmarkFunction

say "Counting instructions"
PYTHONPATH=$root/Tests/EndToEnd PYTHONDONTWRITEBYTECODE=1 \
    "$tools_directory/venv/bin/python" -m support.instruction_report ceilings
