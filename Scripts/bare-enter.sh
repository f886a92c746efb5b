#!/usr/bin/env bash
# The first process of the bare machine, in name spaces of its own: mounts its root, moves there and starts the session.
# Run by Scripts/bare-root.sh as: bare-enter.sh MACHINE BARE-ROOT CACHE TOOLCHAIN [COMMAND [ARGUMENT…]]
set -euo pipefail

machine=$1 bare_root=$2 cache=$3 toolchain=$4
shift 4
new=$machine/root

# What the machine changes stays beside the bare root. A file system that cannot be such a layer is copied to.
mount --make-rprivate /
mount -t overlay overlay -o "lowerdir=$bare_root,upperdir=$machine/changed,workdir=$machine/work" "$new" 2>/dev/null || {
    cp -a --reflink=auto "$bare_root/." "$new"
    mount --bind "$new" "$new"
}

mount_devices() {
    local device
    mount -t tmpfs -o mode=755 tmpfs "$new/dev"
    for device in null zero full random urandom tty; do
        : >"$new/dev/$device"
        mount --bind "/dev/$device" "$new/dev/$device"
    done
    mkdir "$new/dev/pts" "$new/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$new/dev/pts"
    mount -t tmpfs -o mode=1777 tmpfs "$new/dev/shm"
    ln -s pts/ptmx "$new/dev/ptmx"
    ln -s /proc/self/fd "$new/dev/fd"
    ln -s /proc/self/fd/0 "$new/dev/stdin"
    ln -s /proc/self/fd/1 "$new/dev/stdout"
    ln -s /proc/self/fd/2 "$new/dev/stderr"
}

# give PATH: shows a file or a directory of this machine at the same path, unless the bare machine has one there.
give() {
    local path=$1
    [[ -e $path && ! -e $new$path ]] || return 0
    if [[ -d $path ]]; then
        mkdir -p "$new$path"
        mount --bind -o ro "$path" "$new$path"
    else
        install -D --mode=644 "$path" "$new$path"
    fi
}

mount_devices
mount -t proc proc "$new/proc"
mount --rbind /sys "$new/sys"
mkdir -p "$new/mnt" "$new/root/.cache/pip" "$new/var/cache/apt/archives"
mount --bind "$machine/in" "$new/mnt"
mount --bind "$cache/apt" "$new/var/cache/apt/archives"
mount --bind "$cache/pip" "$new/root/.cache/pip"
cp -r "$machine/in/configuration/." "$new"
while IFS= read -r path; do give "$path"; done <"$machine/in/paths"
mkdir -p "$new/opt/swift-toolchain"
mount --bind -o ro "$toolchain" "$new/opt/swift-toolchain"

variables=()
while IFS= read -r variable; do variables+=("$variable"); done <"$machine/in/environment"
[[ -z ${CI-} ]] || variables+=("CI=$CI")
[[ -z ${TERM-} ]] || variables+=("TERM=$TERM")

cd "$new"
mkdir -p .old-root
pivot_root . .old-root
umount -l /.old-root
rmdir /.old-root
exec env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/swift-toolchain/bin \
    "${variables[@]}" bash /mnt/session.sh "$@"
