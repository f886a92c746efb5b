#!/usr/bin/env bash
# A container engine with docker's command line, made of buildah, for `./build.sh bare --container`: it works where
# docker and podman cannot start a container, such as inside another one. Understands what Scripts/container.sh uses.
# Its images have the toolchain of this machine, and its containers what is configured here, from the directories
# BARE_TOOLCHAIN and BARE_IN.
set -euo pipefail

store=$(dirname "${BASH_SOURCE[0]}")/../.build/bare/containers
mkdir -p "$store"/{images,run}
store=$(cd "$store" && pwd -P)

# vfs needs nothing of the file system below; the others cannot be used on top of each other.
with_store() { buildah --storage-driver vfs --root "$store/images" --runroot "$store/run" "$@"; }

machine=(--volume "$BARE_TOOLCHAIN:/opt/swift-toolchain:ro")
while IFS= read -r path; do
    case $path in /etc/* | /usr/* | /changelog) continue ;; esac
    [[ ! -d $path ]] || machine+=(--volume "${path%/}:${path%/}:ro")
done <"$BARE_IN/paths"

# run_container OPTION… IMAGE COMMAND [ARGUMENT…]
run_container() {
    local options=() container variable
    while [[ $1 == -* ]]; do
        case $1 in
            --rm | --interactive | --privileged) ;;
            --shm-size | --security-opt | --userns | --platform) shift ;;
            --workdir)
                options+=(--workingdir "$2")
                shift
                ;;
            --tty) options+=(--terminal) ;;
            --volume | --env | --user)
                options+=("$1" "$2")
                shift
                ;;
            *)
                echo "bare-engine.sh: unknown option of run: $1" >&2
                exit 125
                ;;
        esac
        shift
    done
    while IFS= read -r variable; do options+=(--env "$variable"); done <"$BARE_IN/environment"
    container=$(with_store from --pull-never "$1")
    shift
    # shellcheck disable=SC2064 # The container's name is local.
    trap "with_store rm $container >/dev/null" EXIT
    with_store run --isolation chroot "${machine[@]}" "${options[@]}" "$container" -- "$@"
}

case $1 in
    --version) echo "Docker version 0 (buildah)" ;;
    info) with_store info ;;
    image) with_store inspect --type image "$3" ;;
    build) with_store bud --isolation chroot "${machine[@]}" "${@:2}" ;;
    run) run_container "${@:2}" ;;
    base)
        # base NAME ROOT: an image of a root file system and this machine's configuration.
        container=$(with_store from scratch)
        content=$(with_store mount "$container")
        cp -a "$3/." "$content"
        cp -r "$BARE_IN/configuration/." "$content"
        chroot "$content" update-ca-certificates
        with_store config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/swift-toolchain/bin "$container"
        with_store commit --rm "$container" "$2"
        ;;
    *)
        echo "bare-engine.sh: unknown command $1" >&2
        exit 125
        ;;
esac
