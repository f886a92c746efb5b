#!/usr/bin/env bash
# The entry point: ./build.sh COMMAND [ARGUMENT…]. Each command is a file in Scripts/commands with its help in the
# comment at the top, so a new file there is a new command.
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/Scripts/common.sh"
commands=$root/Scripts/commands

usage() {
    echo "Usage: ./build.sh COMMAND [ARGUMENT…]"
    echo
    echo "Commands (./build.sh COMMAND --help says more):"
    local file
    for file in "$commands"/*.sh; do
        printf '  %-42s %s\n' "$(help_of "$file" | head -n 1)" "$(help_of "$file" | sed -n 2p)"
    done
    cat <<END

Each command installs what it misses (Debian packages as root or with sudo, Python tools into .build/tools)
and keeps everything that it makes in .build.

Exit codes:
  0   done
  $exit_failure   a build, a test or a check failed
  $exit_usage  the command line is wrong
  $exit_unavailable  something is missing that could not be installed; the message names it
END
}

case ${1-} in
    -h | --help | help)
        usage
        exit 0
        ;;
    '')
        usage >&2
        exit "$exit_usage"
        ;;
esac

command=$1
shift
# Only a plain name is accepted, so that no path leads out of Scripts/commands.
if [[ ! $command =~ ^[a-z-]+$ || ! -f $commands/$command.sh ]]; then
    complain "unknown command '$command'"
    usage >&2
    exit "$exit_usage"
fi
exec bash "$commands/$command.sh" "$@"
