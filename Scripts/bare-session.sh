#!/usr/bin/env bash
# What is typed on the bare machine: session.sh [COMMAND [ARGUMENT…]], a command of build.sh in a fresh clone; without
# one, the demo and all tests.
set -euo pipefail

cd /root
update-ca-certificates &>/dev/null
git -c advice.detachedHead=false clone --quiet /mnt/checkout.bundle swift-traced-lambda
cd swift-traced-lambda
printf '==> A bare machine: %s, %s packages, commit %s\n' \
    "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release)" \
    "$(dpkg-query -W | wc -l)" "$(git rev-parse --short HEAD)"

if (($# > 0)); then
    started=$SECONDS code=0
    ./build.sh "$@" || code=$?
    printf '==> On the bare machine, ./build.sh %s took %s s and exited with %s\n' "$*" "$((SECONDS - started))" "$code"
    exit "$code"
fi
source Scripts/common.sh
part "demo" ./build.sh demo </dev/null
part "demo again" ./build.sh demo </dev/null
part "test" ./build.sh test </dev/null
summary "On the bare machine" || exit "$exit_failure"
