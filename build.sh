#!/usr/bin/env bash
# The entry point: ./build.sh COMMAND [ARGUMENT…]. Each command is a file in Scripts/commands with its help in the
# comment at the top, so a new file there is a new command.
set -euo pipefail

# The checkout is where this file is, also when a link to it was started.
self=${BASH_SOURCE[0]}
while [[ -L $self ]]; do
    target=$(readlink -- "$self")
    [[ $target == /* ]] || target=$(dirname -- "$self")/$target
    self=$target
done
source "$(dirname -- "$self")/Scripts/common.sh"
commands=$root/Scripts/commands

usage() {
    echo "Usage: ./build.sh [--container] COMMAND [ARGUMENT…]"
    echo
    echo "Commands (./build.sh COMMAND --help says more):"
    local file
    for file in "$commands"/*.sh; do
        printf '  %-42s %s\n' "$(help_of "$file" | head -n 1)" "$(help_of "$file" | sed -n 2p)"
    done
    cat <<END

  --container   run the command in a container with Debian 12 and Swift, by docker, podman or finch, or by the
                program that TRACED_LAMBDA_CONTAINER_ENGINE names; on macOS and other Linux systems
  --version     print the version of TracedLambda

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
    --version)
        project_version
        exit 0
        ;;
    --container)
        shift
        exec bash "$root/Scripts/container.sh" "$@"
        ;;
    '')
        complain "no command given"
        usage >&2
        exit "$exit_usage"
        ;;
esac

command=$1
shift
# Only a plain name is accepted, so that no path leads out of Scripts/commands.
if [[ ! $command =~ ^[a-z-]+$ || ! -f $commands/$command.sh ]]; then
    names=("$commands"/*.sh)
    names=("${names[@]##*/}")
    suggestion=$(nearest "$command" "${names[@]%.sh}" --container --help --version)
    [[ -z $suggestion ]] || suggestion="; did you mean '$suggestion'?"
    complain "unknown command '$command'$suggestion"
    echo "Commands: ${names[*]%.sh}; ./build.sh --help describes them" >&2
    exit "$exit_usage"
fi
TRACED_LAMBDA_COMMAND_NAME=${TRACED_LAMBDA_COMMAND_NAME-} exec bash "$commands/$command.sh" "$@"
