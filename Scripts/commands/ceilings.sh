#!/usr/bin/env bash
# ceilings [--profile]
# Record the instruction counts of a start, a warm invocation and a span as the tests' ceilings.
#
# Writes Tests/EndToEnd/instruction_ceilings.json: three ceilings, each 10 % above the present count.
# test_instructions.py fails above a ceiling and names the functions with the most instructions.
#
#   --profile   write nothing; print the functions with the most instructions
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

need_swift
need_packages "${test_packages[@]}"
need_tools
"$root/build.sh" package BenchmarkFunction

say "Counting instructions"
PYTHONPATH=$root/Tests/EndToEnd PYTHONDONTWRITEBYTECODE=1 \
    "$tools_directory/venv/bin/python" -m support.instruction_report "$report"
