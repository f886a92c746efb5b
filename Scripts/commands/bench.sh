#!/usr/bin/env bash
# bench [--quick] [--only ROWS]… [--json FILE] [--strict] | bench --document
# Measure a traced function against an untraced one in C, itself without tracing, and the reference.
#
# The functions run alternately on this machine, with a Runtime API and a collector in the driver. Prints a table of
# medians and 99th percentiles, and compares them with the bars of docs/performance.md; stores both in .build/bench.
#
#   --quick       fewer measurements: a minute or two once everything is built
#   --only ROWS   only these rows: cold, warm, size, spans, traces, events, latency, shares, workers,
#                 calls, memory, micro, instructions; may be repeated
#   --json FILE   write all numbers to FILE instead of .build/bench/report.json
#   --strict      fail when a bar is missed
#   --document    write the table and the comparison of all rows to docs/performance.md
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
source "$root/Scripts/machine.sh"
source "$root/Scripts/static-curl.sh"

answer_help "$@"
results=$build_directory/bench
document=
if [[ ${1-} == --document ]]; then
    (($# == 1)) || usage_error "--document stands alone: the document has all rows, measured thoroughly"
    document=$root/docs/performance.md
    shift
fi

# Creates a certificate authority, a server certificate for 127.0.0.1, and a task directory whose certs/ contains the
# authority, as in a package.
make_authority() {
    local new_key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes) authority=$results/authority
    rm -rf "$authority" "$results/task"
    mkdir -p "$authority" "$results/task/certs"
    # shellcheck disable=SC2016 # The inner shell fills in its arguments.
    quiet_step "Making a certificate authority" sh -ec '
        cd "$1" && shift
        openssl req -x509 "$@" -days 2 -subj "/CN=Benchmark authority" -keyout authority.key -out authority.crt
        openssl req "$@" -subj "/CN=collector" -keyout server.key -out server.csr
        echo "subjectAltName=IP:127.0.0.1" >names
        openssl x509 -req -in server.csr -days 2 -extfile names -CA authority.crt -CAkey authority.key \
            -CAcreateserial -out server.crt' authority "$authority" "${new_key[@]}"
    cp "$authority/authority.crt" "$results/task/certs/$(openssl x509 -hash -noout -in "$authority/authority.crt").0"
}

need_swift
need_packages "${static_packages[@]}" "${test_packages[@]}"
need_tools
use_plain_build_directory
need_static_curl
need_reference
mkdir -p "$results"/{journals,task}
chmod 700 "$results/journals"

quiet_step "Compiling the floor" cc -O2 -Wall -Wextra -Werror -static -I"$static_curl/include" \
    -o "$results/floor" "$root/Benchmarks/Floor/floor.c" -L"$static_curl/lib" -lcurl -lm
strip "$results/floor"
quiet_step "Compiling the calls in C" cc -O2 -Wall -Wextra -Werror -static -I"$static_curl/include" \
    -o "$results/calls" "$root/Benchmarks/Calls/calls.c" -L"$static_curl/lib" -lcurl -lm -lpthread
"$root/build.sh" package BenchmarkFunction
"$root/build.sh" package CallFunction
make_authority
driver=(swift build -c release --package-path "$root/Benchmarks" --scratch-path "$results/driver" --product Bench)
step "Building the driver" "${driver[@]}"
program=$("${driver[@]}" --show-bin-path)/Bench
parts=(swift build -c release --package-path "$root" --product MicroBenchmarks)
step "Building the benchmarks of single parts (a minute or two the first time)" "${parts[@]}"
micro_benchmarks=$("${parts[@]}" --show-bin-path)/MicroBenchmarks

say "Measuring"
# A new sandbox has no crash journals of other functions. A mount namespace replaces their directory with one of this
# run; the run is root in it, real or mapped.
namespace=(--mount)
((EUID == 0)) || namespace+=(--user --map-root-user)
# shellcheck disable=SC2016 # The inner shell fills in its arguments.
unshare "${namespace[@]}" sh -c 'mkdir -p -m 700 "$2" && mount --bind "$1" "$2" && shift 2 && exec "$@"' bench \
    "$results/journals" /tmp/traced-lambda-journal-0 "$program" --root "$root" --journals "$results/journals" \
    --micro-benchmarks "$micro_benchmarks" "$@"

# Replaces the report between the document's two markers.
if [[ -n $document ]]; then
    sed -i -e '/^<!-- report -->$/,/^<!-- end of the report -->$/ {
        /^<!-- report -->$/ r '"$results/report.md"'
        /^<!-- /!d
    }' "$document"
    say "$document"
fi
