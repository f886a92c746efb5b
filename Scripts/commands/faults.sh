#!/usr/bin/env bash
# faults [--quick] [--only NAME]… [--seed SEED] [--soak [INVOCATIONS]]
# Break the network, the collector and the function, and account for every span.
#
# A packaged function sends its spans to a collector through a proxy that misbehaves, while a driver plays Lambda. For
# each fault the ledger must close: spans made = spans at the collector + spans that the log counts as lost; nothing
# twice after an answer; no response later than the flush budget allows. Writes .build/faults/ledger.json.
#
#   --quick       a few seconds for each fault: two to three minutes in all, not up to thirty
#   --only NAME   this fault alone; may be given several times
#   --seed SEED   the same invocations again; each run prints its seed
#   --soak [N]    in place of the faults: N invocations (100,000), in which memory, descriptors and threads must stay flat
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
source "$root/Scripts/machine.sh"

answer_help "$@"

require_swift
need_packages "${swift_packages[@]}" "${test_packages[@]}"
need_tools
"$root/build.sh" package FaultFunction

say "Trying faults"
cd "$root"
PYTHONPATH=$root/Tests:$root/Tests/EndToEnd PYTHONDONTWRITEBYTECODE=1 "$tools_directory/venv/bin/python" -m Faults "$@"
