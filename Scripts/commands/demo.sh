#!/usr/bin/env bash
# demo
# Run the example on this machine and show the spans that it sends.
#
# Builds the workbench, packages HelloSession as for Lambda, and invokes it once with a session of its own.
# No account and no network are needed once everything is built.
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
source "$root/Scripts/machine.sh"
source "$root/Scripts/workbench.sh"

answer_help "$@"
(($# == 0)) || usage_error "demo takes no argument, but got '$1'"

require_swift
need_packages "${swift_packages[@]}"
need_workbench
"$root/build.sh" package HelloSession

session=$(</proc/sys/kernel/random/uuid)
say "Invoking HelloSession, with the session $session in its event"
"$traced_lambda" run --event "{\"session_id\":\"$session\",\"input\":\"Where does my session go?\"}" \
    -- "$build_directory/lambda/HelloSession/bootstrap"
say "Session sent: $session"
