#!/usr/bin/env bash
# release [--dry-run] [--skip-tests] VERSION
# Check that a version can be released, and make its annotated tag.
#
# Checks that the tree is clean and on main, that Sources/TracedLambda/TracedLambdaVersion.swift and CHANGELOG.md have
# the version, that docs/api-digest.txt is up to date, that nothing was removed from the public declarations which the
# version number does not allow (before 1.0.0: a new minor version; then: a new major version), and that all tests pass.
# Nothing is pushed.
#
#   --dry-run      only check
#   --skip-tests   leave out the tests and the build of the digest; only with --dry-run
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
source "$root/Scripts/machine.sh"

readonly digest=docs/api-digest.txt

answer_help "$@"
dry_run='' skip_tests='' version=''
while (($# > 0)); do
    case $1 in
        --dry-run) dry_run=yes ;;
        --skip-tests) skip_tests=yes ;;
        -*) usage_error "unknown option '$1'" ;;
        *)
            [[ -z $version ]] || usage_error "one version at a time: '$version' or '$1'?"
            version=$1
            ;;
    esac
    shift
done
[[ $version =~ ^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$ ]] ||
    usage_error "'$version' is no version: give three numbers, such as $(project_version)"
[[ -z $skip_tests || -n $dry_run ]] || usage_error "--skip-tests is only for --dry-run: a release is tested"
cd "$root"

# Notes a reason against the release; a check reports all that it finds, and ends with `passes`.
problems=0
fail() {
    complain "$@"
    problems=$((problems + 1))
}
passes() { ((problems == 0)); }

# The tag of the newest version so far; nothing before the first release.
last_version() { git tag --list '[0-9]*.[0-9]*.[0-9]*' --sort=-version:refname | head -n 1; }

check_tree() {
    [[ -z $(git status --porcelain) ]] || fail "there are uncommitted changes: commit them, or put them aside"
    [[ $(git symbolic-ref --quiet --short HEAD) == main ]] || fail "releases are made on the branch main, and this is '$(git symbolic-ref --quiet --short HEAD || echo "no branch")'"
    passes
}

check_version() {
    local last
    [[ -z $(git tag --list "$version") ]] || fail "the tag $version exists already"
    last=$(last_version)
    [[ -z $last || $(printf '%s\n' "$last" "$version" | sort -V | tail -n 1) == "$version" ]] ||
        fail "$version is lower than the last version, $last"
    [[ $(project_version) == "$version" ]] ||
        fail "Sources/TracedLambda/TracedLambdaVersion.swift says $(project_version): put $version there"
    passes
}

# The entry of a version in the changelog, without its heading.
changes_in() { awk -v heading="## [$1]" 'index($0, "## ") == 1 { inside = index($0, heading) == 1; next } inside' CHANGELOG.md; }

has_changes() { [[ $'\n'$(changes_in "$1") == *$'\n- '* ]]; }

check_changelog() {
    grep -qE "^## \[${version//./\\.}\] - [0-9]{4}-[0-9]{2}-[0-9]{2}$" CHANGELOG.md ||
        fail "CHANGELOG.md has no heading '## [$version] - $(date +%F)': add it, above the changes of this version"
    has_changes "$version" || fail "CHANGELOG.md lists no change below '## [$version]'"
    ! has_changes Unreleased ||
        fail "CHANGELOG.md has changes below '## [Unreleased]', which would be released with $version: move them there"
    passes
}

# Before 1.0.0 a new minor version may break its users' code, then only a new major version.
check_api() {
    local last removed
    last=$(last_version)
    if [[ -z $last ]] || ! git cat-file -e "$last:$digest" 2>/dev/null; then
        say "There is no released version with $digest to compare with"
        return 0
    fi
    removed=$(LC_ALL=C comm -23 <(git show "$last:$digest" | LC_ALL=C sort) <(LC_ALL=C sort "$digest"))
    [[ -n $removed ]] || return 0
    printf '%s\n' "Removed or changed since $last:" "$removed"
    local stable=${version%%.*}.
    [[ $version != 0.* ]] || stable=${version%.*}.
    [[ $last != "$stable"* ]] ||
        fail "public declarations were removed or changed since $last, for which $version is too small a step: take $(next_breaking "$last")"
    passes
}

next_breaking() {
    local major minor
    IFS=. read -r major minor _ <<<"$1"
    if ((major == 0)); then echo "0.$((minor + 1)).0"; else echo "$((major + 1)).0.0"; fi
}

part "tree and branch" check_tree
part "version" check_version
part "changelog" check_changelog
if [[ -z $skip_tests ]]; then part "digest of the API is up to date" "$root/build.sh" api --check; fi
part "API against the last version" check_api
# A release that fails already need not wait for them.
if [[ -z $skip_tests ]] && ((failed_parts == 0)); then part "tests" "$root/build.sh" test; fi
summary "Release $version" || exit "$exit_failure"

if [[ -n $dry_run ]]; then
    say "$version can be released${skip_tests:+, but for the tests, which were left out}; nothing was changed"
else
    git tag --annotate "$version" --cleanup=verbatim \
        --message "TracedLambda $version"$'\n\n'"$(changes_in "$version" | sed -e '/./,$!d')"
    say "The tag $version is made; publish it: git push origin main $version"
fi
