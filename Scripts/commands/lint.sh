#!/usr/bin/env bash
# lint
# Check the format of the Swift sources, the shell scripts and the SAM template.
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
source "$root/Scripts/machine.sh"

answer_help "$@"
(($# == 0)) || usage_error "lint takes no argument, but got '$1'"

need_swift
need_packages "${lint_packages[@]}"
need_tools
cd "$root"

# All files that git tracks or would track, so that new files are included; generated code is excluded.
files() {
    local file
    git ls-files -z --cached --others --exclude-standard --deduplicate -- "$@" ':!*/Generated/*' |
        while IFS= read -r -d '' file; do
            # git still lists a tracked file that was just deleted.
            [[ ! -f $file ]] || printf '%s\0' "$file"
        done
}

lint_swift() { files '*.swift' | xargs -0 swift format lint --strict --parallel; }
lint_shell() { files '*.sh' .ci/run | xargs -0 shellcheck --external-sources --source-path=SCRIPTDIR; }
lint_template() { "$tools_directory/venv/bin/cfn-lint" template.yaml; }

part "swift format" lint_swift
part "shellcheck" lint_shell
part "cfn-lint" lint_template
summary "Lint" || exit "$exit_failure"
