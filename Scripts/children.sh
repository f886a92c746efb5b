# shellcheck shell=bash
# Starts the long-running children of a command, and ends them with it. Sourced by common.sh, never run.

# Time between the request to terminate and SIGKILL: 20 times 0.1 s.
readonly termination_checks=20

# supervise COMMAND [ARGUMENT…]: runs a command or a function without standard input and returns its exit code. Ctrl-C
# in a terminal reaches only the script: SwiftPM, interrupted together with it, can leave compilers behind.
supervise() {
    local code=0
    # Job control gives the child a process group; a shell that waits for a background job handles signals at once.
    set -m
    "$@" </dev/null &
    set +m
    wait "$!" || code=$?
    return "$code"
}

# The process ids of all descendants of this shell, newest generation last.
descendants() {
    { cat /proc/[0-9]*/stat 2>/dev/null | sed -n 's/^\([0-9]*\) (.*) [A-Za-z] \([0-9]*\) .*/\1 \2/p' | grep . ||
        ps -axo pid=,ppid=; } | awk -v root="$$" '
            { parent[$1] = $2 }
            END {
                for (process in parent) {
                    ancestor = parent[process]
                    while (ancestor in parent && ancestor != root && ancestor > 1) ancestor = parent[ancestor]
                    if (ancestor == root) print process
                }
            }'
}

# Terminates all descendants. They are stopped first, so that none starts another one meanwhile.
end_descendants() {
    local found='' before=- check
    until [[ $found == "$before" ]]; do
        before=$found
        found=$(descendants | sort -n)
        # shellcheck disable=SC2086 # A list of process ids.
        [[ -z $found ]] || kill -STOP $found 2>/dev/null || true
        found=$(running_of "$found")
    done
    [[ -n $found ]] || return 0
    # shellcheck disable=SC2086
    kill -TERM $found 2>/dev/null || true
    # shellcheck disable=SC2086
    kill -CONT $found 2>/dev/null || true
    for ((check = 0; check < termination_checks; check++)); do
        found=$(running_of "$found")
        [[ -n $found ]] || return 0
        sleep 0.1
    done
    # shellcheck disable=SC2086
    kill -KILL $found 2>/dev/null || true
}

# Those of the process ids that still belong to a process which is not a zombie.
running_of() {
    local process state
    for process in $1; do
        state=$(sed -n 's/^State:[[:space:]]*//p' "/proc/$process/status" 2>/dev/null || ps -o stat= -p "$process" 2>/dev/null) || true
        [[ -z $state || $state == Z* ]] || echo "$process"
    done
}

# interrupted EXIT-CODE: handles a signal that asks the script to end.
interrupted() {
    trap '' INT TERM HUP
    end_descendants
    (($1 != 130)) || complain "interrupted"
    exit "$1"
}
trap 'interrupted 130' INT
trap 'interrupted 143' TERM
trap 'interrupted 129' HUP
