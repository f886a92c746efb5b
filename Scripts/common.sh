# shellcheck shell=bash
# Shared by all commands: paths, messages, help, and steps with progress output. Sourced, never run.
# shellcheck disable=SC2034 # Its names are used by the files that source it.

unset CDPATH
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
build_directory=$root/.build

readonly exit_failure=1
# sysexits.h: EX_USAGE and EX_UNAVAILABLE.
readonly exit_usage=64
readonly exit_unavailable=69

# SwiftPM recompiles every manifest, which takes tens of seconds for a large package, when an environment variable has
# changed. These change with every `cd` or terminal, so they are not exported.
export -n COLUMNS LINES OLDPWD PWD SHLVL

# What the user typed: traced-lambda runs a command under its own name. Not exported, see above.
typed_command=${TRACED_LAMBDA_COMMAND_NAME:-./build.sh}
export -n TRACED_LAMBDA_COMMAND_NAME

# shellcheck source=Scripts/children.sh
source "$root/Scripts/children.sh"

say() { printf '==> %s\n' "$*"; }

complain() { printf '%s: %s\n' "${typed_command#./}" "$*" >&2; }

die() {
    local code=$1
    shift
    complain "$@"
    exit "$code"
}

# Prints a command's help: the comment at the top of its file, without the comment marks.
help_of() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p;}' "$1"; }

# The first line of that help. A typed command of several words, such as a SwiftPM plugin's, includes the command's name.
usage_of() {
    local line
    line=$(help_of "$1" | sed -n 1p)
    [[ $typed_command != *' '* ]] || line=${line#* }
    printf '%s\n' "$line"
}

# Prints the running command's help and exits, if an argument requests it.
answer_help() {
    local argument
    for argument in "$@"; do
        [[ $argument == -- ]] && return 0
        if [[ $argument == -h || $argument == --help ]]; then
            printf 'Usage: %s %s\n' "$typed_command" "$(usage_of "$0")"
            help_of "$0" | tail -n +2
            exit 0
        fi
    done
}

usage_error() {
    complain "$@"
    printf 'Usage: %s %s\n' "$typed_command" "$(usage_of "$0")" >&2
    exit "$exit_usage"
}

# The version is written in one source file only.
project_version() {
    sed -n 's/.*"\([0-9][0-9]*\.[0-9][0-9]*\.[0-9][0-9]*[^"]*\)".*/\1/p' "$root/Sources/TracedLambda/TracedLambdaVersion.swift" | head -n 1
}

# nearest WORD CANDIDATE…: prints the candidate that WORD is probably a misspelling of, if there is one: the one of the
# least edit distance (insertions, deletions, replacements, swaps of neighbours), or the only one that WORD abbreviates.
nearest() {
    printf '%s\n' "$@" | LC_ALL=C awk '
        function distance(a, b, i, j, cost, d) {
            for (i = 0; i <= length(a); i++) d[i, 0] = i
            for (j = 0; j <= length(b); j++) d[0, j] = j
            for (i = 1; i <= length(a); i++)
                for (j = 1; j <= length(b); j++) {
                    cost = substr(a, i, 1) != substr(b, j, 1)
                    d[i, j] = d[i - 1, j - 1] + cost
                    if (d[i - 1, j] + 1 < d[i, j]) d[i, j] = d[i - 1, j] + 1
                    if (d[i, j - 1] + 1 < d[i, j]) d[i, j] = d[i, j - 1] + 1
                    if (i > 1 && j > 1 && substr(a, i - 1, 1) == substr(b, j, 1) && substr(a, i, 1) == substr(b, j - 1, 1) &&
                        d[i - 2, j - 2] + 1 < d[i, j]) d[i, j] = d[i - 2, j - 2] + 1
                }
            return d[length(a), length(b)]
        }
        NR == 1 { word = tolower($0); sub(/^-+/, "", word); least = 1 + int(length(word) / 3); next }
        {
            name = $0
            sub(/^-+/, "", name)
            if (length(word) > 1 && index(name, word) == 1) { prefix = $0; prefixes++ }
            else if ((steps = distance(word, name)) <= least && steps < length(word) && (found == "" || steps < best)) {
                found = $0
                best = steps
            }
        }
        END { print prefixes == 1 ? prefix : found }'
}

duration() {
    if (($1 < 60)); then echo "$1 s"; else echo "$(($1 / 60)) min $(($1 % 60)) s"; fi
}

# True for a progress line of a build, a test run or a download.
is_progress() {
    case $1 in
        '['[0-9]*/[0-9]*']'* | 'Fetching '* | 'Fetched '* | 'Computing '* | 'Computed '*) ;;
        'Creating working copy'* | 'Working copy of '* | 'Building for '*) ;;
        # Swift Testing: started and passed tests and suites. Failed and skipped tests and the final count are not
        # progress.
        '✔ Test run '*) return 1 ;;
        '◇ '* | '✔ '*) ;;
        *) return 1 ;;
    esac
}

# Reads the output of a long command. In a terminal, progress lines overwrite each other in the last line; in a file,
# they are sampled. All other lines are printed. With the argument "quietly" all lines count as progress.
follow() {
    local quietly=${1-} started=$SECONDS shown=$SECONDS latest='' line='' piece code
    local interval_seconds=20 timeout
    [[ ! -t 1 ]] || interval_seconds=1
    timeout=(-t "$interval_seconds")
    # Before bash 4, which macOS lacks, a timeout looks like the end of the file.
    ((BASH_VERSINFO[0] >= 4)) || timeout=()
    while :; do
        code=0
        IFS= read -r ${timeout[@]+"${timeout[@]}"} piece || code=$?
        line+=$piece
        # 0: a complete line; up to 128: end of file, perhaps after an unterminated line; above 128: no line before the
        # timeout.
        if ((code == 0)) || [[ $code -le 128 && -n $line ]]; then
            if [[ -n $quietly ]] || is_progress "$line"; then latest=$line; else pass_line "$line"; fi
            line=''
        fi
        ((code == 0 || code > 128)) || break
        if ((SECONDS - shown >= interval_seconds)); then
            shown=$SECONDS
            show_status "… $(duration $((SECONDS - started)))  $latest"
        fi
    done
    pass_line
}

# Prints a line, if given, in place of the status line. Omits one warning: SwiftPM repeats at every build that a
# dependency has undeclared files among its sources; only its second line shows that the files are a dependency's.
pass_line() {
    [[ ! -t 1 ]] || printf '\r\e[K'
    (($# > 0)) || return 0
    case $1 in
        'warning: '*' which are unhandled; '*)
            held_line=$1
            return 0
            ;;
        '    /'*/checkouts/*)
            held_line=
            return 0
            ;;
    esac
    [[ -z ${held_line-} ]] || printf '%s\n' "$held_line"
    held_line=
    printf '%s\n' "$1"
}

show_status() {
    local width=${COLUMNS:-100}
    if [[ -t 1 ]]; then printf '\r\e[K    %s' "${1:0:width-6}"; else printf '    %s\n' "${1:0:width}"; fi
}

# step TITLE COMMAND [ARGUMENT…]: runs a long command, and prints its progress, its warnings and its duration.
step() { run_step '' "$@"; }

# As `step`, for a command whose output matters only after a failure; then its last lines are printed.
quiet_step() { run_step quietly "$@"; }

run_step() {
    local quietly=$1 title=$2 started=$SECONDS code=0 log
    shift 2
    say "$title"
    mkdir -p "$build_directory/logs"
    log=$build_directory/logs/$(tr -cs '[:alnum:]' - <<<"${title%% (*}" | cut -c 1-100 | sed 's/-$//').log
    supervise follow_logged "$log" "$quietly" "$@" || code=$?
    if ((code == 0)); then
        echo "    done in $(duration $((SECONDS - started)))"
        return 0
    fi
    [[ -z $quietly ]] || tail -n 40 "$log" >&2
    complain "failed after $(duration $((SECONDS - started))) with exit code $code: $title (all output: $log)"
    return "$code"
}

# follow_logged LOG QUIETLY COMMAND [ARGUMENT…]
follow_logged() {
    local log=$1 quietly=$2
    shift 2
    "$@" 2>&1 | tee "$log" | follow "$quietly" || return "${PIPESTATUS[0]}"
}

# part NAME COMMAND [ARGUMENT…]: runs one part of a longer command. The next parts run after a failure, too; `summary`
# lists the results and fails if a part failed.
part_lines=()
failed_parts=0
part() {
    local name=$1 started=$SECONDS outcome=passed
    shift
    supervise "$@" || {
        outcome="FAILED (exit code $?)"
        failed_parts=$((failed_parts + 1))
    }
    part_lines+=("$(printf '%-36s %-24s %s' "$name" "$outcome" "$(duration $((SECONDS - started)))")")
}

summary() {
    echo
    say "$1: ${#part_lines[@]} parts, $failed_parts failed, $(duration "$SECONDS")"
    printf '    %s\n' "${part_lines[@]}"
    ((failed_parts == 0))
}
