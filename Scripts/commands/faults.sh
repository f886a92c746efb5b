#!/usr/bin/env bash
# faults [--quick] [--only NAME]… [--workers N]… [--seed SEED] [--walk STEPS] [--soak [INVOCATIONS]]
# Inject faults into the network, the collector, /tmp and the function, and account for every span.
#
# A packaged function sends its spans to a collector through a fault-injecting proxy, while a driver acts as Lambda. For
# each fault, with 1, 4 and 16 workers: spans created = spans at the collector + spans that the log counts as lost; no
# duplicates after an acknowledgement; no response later than the flush budget allows; memory at most 64 MB above that of
# an idle process; after a burst of failures, spans within 2 s. Writes .build/faults/ledger.json.
#
#   --quick       a few seconds for each fault, with a number of workers that the seed chooses: two to three minutes in
#                 all instead of forty
#   --only NAME   only this fault; may be repeated
#   --workers N   with this number of workers; may be repeated
#   --seed SEED   repeat the invocations of an earlier run; each run prints its seed
#   --walk STEPS  instead of the faults, one by one: random steps that combine them; writes .build/faults/walk.json
#   --soak [N]    instead of the faults: N invocations (100,000), with constant memory, descriptors and threads
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
source "$root/Scripts/machine.sh"

answer_help "$@"

need_swift
need_packages "${test_packages[@]}"
need_tools
"$root/build.sh" package FaultFunction

say "Trying faults"
cd "$root"
PYTHONPATH=$root/Tests:$root/Tests/EndToEnd PYTHONDONTWRITEBYTECODE=1 "$tools_directory/venv/bin/python" -m Faults "$@"
