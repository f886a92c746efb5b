#!/usr/bin/env bash
# demo [--static]
# Run the example function and a Python service on this machine, and show their common session.
#
# Builds the workbench and HelloSession in debug, and serves the function with `traced-lambda dev`. A service in Python
# (Examples/ServiceA), with HoneyHive's and AWS's own clients, opens a session and invokes the function in it. Shows the
# session's spans as a tree, and in the browser until Enter is pressed; without a terminal the demo ends immediately.
# Needs no account, and no network once everything is built. The first run takes about three minutes on two cores, plus
# the installation of Debian's and Python's packages; later runs take seconds.
#
#   --static   serve HelloSession as packaged for Lambda, a static executable; building it takes some minutes more
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
source "$root/Scripts/machine.sh"
source "$root/Scripts/workbench.sh"

# Far longer than the program takes to start.
readonly start_timeout_seconds=30

answer_help "$@"
bootstrap=$build_directory/debug/HelloSession
while (($# > 0)); do
    case $1 in
        --static) bootstrap=$build_directory/lambda/HelloSession/bootstrap ;;
        *) usage_error "unknown argument '$1'" ;;
    esac
    shift
done

need_swift
need_tools
need_workbench debug
if [[ $bootstrap == */lambda/* ]]; then
    "$root/build.sh" package HelloSession
else
    step "Building HelloSession" own_swift build --package-path "$root" --product HelloSession ||
        die "$exit_failure" "HelloSession cannot be built"
fi

demo=$build_directory/demo
database=$demo/traces.sqlite
rm -rf "$demo"
mkdir -p "$demo"

server=
end_server() {
    [[ -n $server ]] || return 0
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
}
trap end_server EXIT

say "Serving HelloSession, and collecting what it traces"
"$traced_lambda" dev --port 0 --json --database "$database" \
    --bootstrap HelloSession="$bootstrap" \
    </dev/null >"$demo/events" 2>"$demo/log" &
server=$!

# The function is served shortly after the port is known.
deadline=$((SECONDS + start_timeout_seconds))
until grep -qs '"serving"' "$demo/events"; do
    if ((SECONDS >= deadline)) || ! kill -0 "$server" 2>/dev/null; then
        cat "$demo/log" >&2
        die "$exit_failure" "the workbench does not start"
    fi
    sleep 0.1
done
port=$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' "$demo/events" | head -n 1)

say "Service A, in Python, invokes it in a session of its own"
env -u AWS_PROFILE HH_API_URL="http://127.0.0.1:$port" HH_API_KEY=local HH_PROJECT=demo \
    AWS_ENDPOINT_URL_LAMBDA="http://127.0.0.1:$port" AWS_DEFAULT_REGION=us-east-1 \
    AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none NO_PROXY=127.0.0.1 no_proxy=127.0.0.1 \
    "$tools_directory/venv/bin/python" "$root/Examples/ServiceA/service_a.py" "Where does my session go?" \
    >"$demo/answer" 2>"$demo/service.log" || {
    cat "$demo/service.log" "$demo/log" >&2
    die "$exit_failure" "service A failed"
}
tail -n 1 "$demo/answer"
session=$(tail -n 1 "$demo/answer" | sed -n 's/.*"session_id": "\([0-9a-f-]*\)".*/\1/p' | head -n 1)
[[ -n $session ]] || die "$exit_failure" "service A names no session"

say "The session, of both services"
"$traced_lambda" show "$session" --database "$database"
say "In the browser: http://localhost:$port/sessions/$session"
if [[ -t 0 && -t 1 ]]; then
    read -r -p "    Press Enter to end. " || true
else
    say "Again later: $traced_lambda collect --database $database"
fi
