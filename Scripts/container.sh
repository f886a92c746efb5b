#!/usr/bin/env bash
# Runs a command in a container: ./build.sh --container COMMAND [ARGUMENT…]. Started by build.sh, on any system with
# bash 3.2 or later, such as macOS, so it sources and uses nothing that is only on Debian.
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

readonly image_name=traced-lambda-build

no_engine="no container engine: install Docker (https://docs.docker.com/get-docker), Podman or Finch,\
 or name the program of another one with the same command line in TRACED_LAMBDA_CONTAINER_ENGINE"

# Sets engine to the program, and engine_kind to docker, podman or finch.
find_engine() {
    local candidate version
    engine=${TRACED_LAMBDA_CONTAINER_ENGINE-}
    if [[ -z $engine ]]; then
        for candidate in docker podman finch; do
            if command -v "$candidate" >/dev/null; then
                engine=$candidate
                break
            fi
        done
    fi
    [[ -n $engine ]] || die "$exit_unavailable" "$no_engine"
    command -v "$engine" >/dev/null ||
        die "$exit_unavailable" "TRACED_LAMBDA_CONTAINER_ENGINE names '$engine', which is no program on PATH; leave it out to use docker, podman or finch"
    # Podman also installs itself under Docker's name.
    version=$("$engine" --version 2>&1) || true
    case $version in
        podman*) engine_kind=podman ;;
        finch*) engine_kind=finch ;;
        *) engine_kind=docker ;;
    esac
    local answer
    answer=$("$engine" info 2>&1) ||
        die "$exit_unavailable" "$engine does not answer: start its service, or name another engine in TRACED_LAMBDA_CONTAINER_ENGINE. It says: $(tail -n 1 <<<"$answer")"
    case $engine_kind-$answer in
        podman-*'rootless: true'* | docker-*rootless* | finch-*rootless*) rootless=yes ;;
        *) rootless= ;;
    esac
}

# need_image TARGET: builds the image, unless one of the same recipe is there, and sets image to its name.
need_image() {
    local target=$1 base=${TRACED_LAMBDA_CONTAINER_BASE-} recipe arguments=()
    recipe=$({ echo "$base" && cat "$root"/{Dockerfile,build.sh} "$root"/Scripts/{children,common,machine,commands/prepare}.sh; } | cksum)
    image=$image_name:$target-${recipe%% *}
    if "$engine" image inspect "$image" >/dev/null 2>&1; then return 0; fi
    [[ -z $base ]] || arguments+=(--build-arg "BASE=$base")
    quiet_step "Building the container image, once (some minutes: Swift and Debian's packages are downloaded)" \
        "$engine" build ${platform[@]+"${platform[@]}"} ${arguments[@]+"${arguments[@]}"} --target "$target" --tag "$image" \
        --file "$root/Dockerfile" "$root" || die "$exit_unavailable" "$engine cannot build the image of $root/Dockerfile"
}

# share DIRECTORY [AS]: shows a directory in the container, under the same path unless told otherwise.
share() { volumes+=(--volume "$1:${2:-$1}"); }

# mount_package DIRECTORY: a Swift package under its own path. What the container builds there stays apart from what this
# machine builds, whose compiler is another one; only the finished packages for Lambda are in the same place.
mount_package() {
    local package=$1 build=$1/.build
    # Without these directories the engine would make them, and they would be root's.
    mkdir -p "$build/container/lambda" "$build/lambda"
    share "$package"
    share "$build/container" "$build"
    share "$build/lambda"
}

# local_dependencies DIRECTORY: the directories that the manifest of a package names by path.
local_dependencies() {
    local name
    tr '\n' ' ' <"$1/Package.swift" | grep -oE '\.package\([^)]*path: *"[^"]*"' | sed 's/.*"\([^"]*\)"$/\1/' | while IFS= read -r name; do
        case $name in
            /*) ;;
            *) name=$1/$name ;;
        esac
        [[ ! -d $name ]] || (cd "$name" && pwd -P)
    done
}

# The package that a command line names, and the packages that it depends on by path, at any distance.
mount_user_package() {
    local pending package dependency
    package=$1
    [[ $package == "$root" ]] || mount_package "$package"
    pending=$package seen=$'\n'$root$'\n'$package$'\n'
    while [[ -n $pending ]]; do
        package=${pending%%$'\n'*}
        pending=${pending#"$package"}
        pending=${pending#$'\n'}
        [[ -f $package/Package.swift ]] || continue
        while IFS= read -r dependency; do
            [[ -n $dependency && $seen != *$'\n'$dependency$'\n'* ]] || continue
            seen+=$dependency$'\n'
            pending+=${pending:+$'\n'}$dependency
            case $dependency/ in "$root"/*) ;; *) share "$dependency" ;; esac
        done < <(local_dependencies "$package")
    done
}

# Who the command is in the container, so that what it makes belongs to the user.
set_user() {
    local user
    user=$(id -u):$(id -g)
    case $engine_kind-$rootless in
        # The container's root is the user, who has no other identity there.
        docker-yes | finch-yes) user=0:0 ;;
        podman-yes) identity+=(--userns keep-id) ;;
    esac
    identity+=(--user "$user")
}

# Reads --package-path, and puts an absolute path into its place.
read_arguments() {
    local path=
    while (($# > 0)); do
        case $1 in
            --package-path)
                (($# > 1)) || break
                path=$2
                shift
                ;;
            --package-path=*) path=${1#*=} ;;
            *) arguments+=("$1") ;;
        esac
        shift
    done
    arguments+=(${@+"$@"})
    [[ -n $path ]] || return 0
    [[ -f $path/Package.swift ]] ||
        die "$exit_usage" "there is no Package.swift in '$path': name a Swift package's directory by --package-path"
    package=$(cd "$path" && pwd -P)
    arguments+=(--package-path "$package")
}

case ${1-} in
    '' | -*) die "$exit_usage" "which command is to run in the container? For example: ./build.sh --container package HelloSession" ;;
esac
package=
arguments=()
read_arguments "$@"
command=${arguments[0]}

platform=()
[[ $(uname -m) == x86_64 ]] || platform=(--platform linux/amd64)
find_engine
target=all privileges=(--privileged --shm-size 1g)
case $command in
    # It needs no more than any program does.
    package | prepare | lint) privileges=() ;;
esac
[[ $command != package ]] || target=package
need_image "$target"

volumes=() identity=()
mount_package "$root"
mkdir -p "$build_directory/container-workbench" "$root/Workbench/.build" "$build_directory/container/home"
share "$build_directory/container-workbench" "$root/Workbench/.build"
[[ -z $package ]] || mount_user_package "$package"
# A second work tree of a repository has its history elsewhere.
[[ ! -f $root/.git ]] || share "$(cd "$root" && cd "$(git rev-parse --git-common-dir)" && pwd -P)"
set_user
# Files of the user's are not readable in a container to which SELinux gives another label.
[[ ! -d /sys/fs/selinux || $engine_kind == finch ]] || identity+=(--security-opt label=disable)
terminal=(--interactive)
[[ ! -t 0 || ! -t 1 ]] || terminal+=(--tty)

environment=(--env "HOME=$build_directory/home" --env GIT_CONFIG_COUNT=1 --env GIT_CONFIG_KEY_0=safe.directory
    --env 'GIT_CONFIG_VALUE_0=*')
for variable in CI TERM TRACED_LAMBDA_COMMAND_NAME http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    [[ -z ${!variable-} ]] || environment+=(--env "$variable=${!variable}")
done

exec "$engine" run --rm "${terminal[@]}" ${platform[@]+"${platform[@]}"} ${privileges[@]+"${privileges[@]}"} \
    "${identity[@]}" "${volumes[@]}" "${environment[@]}" --workdir "$root" "$image" "$root/build.sh" "${arguments[@]}"
