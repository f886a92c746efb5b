# shellcheck shell=bash
# The bare machine: a root file system of Debian's minimal packages, and what is handed to it. Sourced, never run.
# shellcheck disable=SC2034,SC2154 # Its names are used by, and come from, the files that are sourced with it.

bare=$build_directory/bare

# What a clone needs beyond Debian's minimal packages.
readonly bare_includes=ca-certificates,git

# Variables by which clients are told of proxies, certificate authorities and sources of packages.
readonly client_variables='^(PIP_[A-Z_]+|[A-Z_]*CA_BUNDLE|[A-Z_]*CERT_FILE|SSL_CERT_DIR|GIT_SSL_[A-Z]+|[a-z]+_proxy|[A-Z]+_PROXY)='

# need_bare_root CODENAME: sets bare_root to the root file system of that Debian release, which it makes once.
need_bare_root() {
    local codename=$1 archive proxy='' work=$bare/work
    bare_root=$bare/$codename
    [[ ! -d $bare_root ]] || return 0
    archive=$(debian_archive)
    [[ -n $archive ]] ||
        die "$exit_unavailable" "apt on this machine is not configured for a Debian archive (see /etc/apt/sources.list.d), from which the bare machine is made"
    eval "$(apt-config shell proxy Acquire::http::Proxy)"
    [[ -z $proxy ]] || export http_proxy=$proxy
    rm -rf "$work"
    quiet_step "Making a bare Debian $codename, once (a minute or two)" \
        debootstrap --variant=minbase --include="$bare_includes" "$codename" "$work" "$archive" ||
        die "$exit_unavailable" "no bare Debian $codename could be made from apt's archive"
    rm -rf "$work"/var/cache/apt/archives/*.deb
    # The name appears only when all of it is there.
    mv "$work" "$bare_root"
}

# The address of the archive that holds this machine's own release.
debian_archive() {
    local codename
    codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    # shellcheck disable=SC2016 # It is apt that fills in the names.
    apt-get indextargets --no-release-info --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
        awk -v codename="$codename" '$2 == codename || $2 ~ /^(old)?stable$/ { print $1; exit }'
}

# run_on_bare_machine DIRECTORY [COMMAND [ARGUMENT…]]: the directory is made anew, and removed at the end.
run_on_bare_machine() {
    # Removed after this function has returned, too.
    bare_machine=$1
    local machine=$1 code=0
    shift
    rm -rf "$machine"
    mkdir -p "$machine"/{changed,work,root,in} "$bare"/cache/{apt,pip}
    trap 'rm -rf "$bare_machine"' EXIT
    git -C "$root" bundle create --quiet "$machine/in/checkout.bundle" HEAD
    cp "$root/Scripts/bare-session.sh" "$machine/in/session.sh"
    hand_in_configuration "$machine/in"
    # The mounts are in a name space of their own: they are gone when its last process is. Its first process is killed
    # with this one, however this one ends, and all others with it.
    # A background job ignores SIGINT, which the commands must not inherit.
    setpriv --pdeathsig KILL env --default-signal unshare --mount --pid --ipc --fork --kill-child \
        bash "$root/Scripts/bare-enter.sh" "$machine" "$bare_root" "$bare/cache" "$(swift_prefix)" "$@" <&0 &
    wait "$!" || code=$?
    return "$code"
}

# The directory that holds the toolchain's bin, lib and share, also where `swift` is only a launcher.
swift_prefix() {
    local resources
    resources=$(swift -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
    [[ -n $resources ]] || die "$exit_unavailable" "'swift -print-target-info' does not say where the toolchain is"
    resources=$(cd "$resources/../.." && pwd -P)
    [[ $resources != /usr ]] || resources=$(toolchain_of_usr)
    echo "$resources"
}

# A toolchain among the system's files, as in Swift's official images: copies the files of /usr that belong to no Debian
# package to a directory of their own, once.
toolchain_of_usr() {
    local copy=$bare/toolchain
    if [[ ! -d $copy ]]; then
        rm -rf "$copy.part"
        mkdir -p "$copy.part"
        cd /usr || exit
        comm -23 <(find bin include lib libexec share -xdev ! -type d | LC_ALL=C sort) \
            <(cat /var/lib/dpkg/info/*.list | sed -E 's#^/(usr/)?##' | LC_ALL=C sort -u) |
            tr '\n' '\0' | xargs -0 cp -a --parents --target-directory="$copy.part"
        mv "$copy.part" "$copy"
    fi
    echo "$copy"
}

# run_in_bare_container [COMMAND [ARGUMENT…]]: `./build.sh --container` with an image made from the bare root, by an engine
# that works here. Without a command: packages HelloSession, on this machine and in the container, and compares.
run_in_bare_container() {
    local base=localhost/traced-lambda-bare zip=$build_directory/lambda/HelloSession/HelloSession.zip sum
    need_packages buildah
    export BARE_IN=$bare/configured BARE_TOOLCHAIN
    BARE_TOOLCHAIN=$(swift_prefix)
    rm -rf "$BARE_IN"
    hand_in_configuration "$BARE_IN"
    base+=:$(basename "$bare_root")-$(find "$BARE_IN" -type f -exec cat {} + | sha256sum | cut -c 1-12)
    export TRACED_LAMBDA_CONTAINER_ENGINE=$root/Scripts/bare-engine.sh TRACED_LAMBDA_CONTAINER_BASE=$base
    "$TRACED_LAMBDA_CONTAINER_ENGINE" image inspect "$base" >/dev/null 2>&1 ||
        quiet_step "Making the container's base image from the bare root" \
            "$TRACED_LAMBDA_CONTAINER_ENGINE" base "$base" "$bare_root" || die "$exit_failure" "no image could be made"
    if (($# > 0)); then
        supervise "$root/build.sh" --container "$@" || exit
        return
    fi
    supervise "$root/build.sh" package HelloSession || exit
    sum=$(sha256sum <"$zip")
    supervise "$root/build.sh" --container package HelloSession || exit
    [[ $(sha256sum <"$zip") == "$sum" ]] ||
        die "$exit_failure" "HelloSession.zip differs: made on this machine it has the sha256 ${sum%% *}, in the container the one above"
    say "The same bytes on this machine and in the container"
}

# hand_in_configuration DIRECTORY: what is configured on this machine goes to DIRECTORY/configuration, as files for the
# bare machine's root, the variables to DIRECTORY/environment, and the paths that these name to DIRECTORY/paths.
hand_in_configuration() {
    local in=$1 files=$1/configuration
    mkdir -p "$files/root" "$files/etc/apt/apt.conf.d" "$files/usr/local/share"
    env | grep -E "$client_variables" >"$in/environment" || true
    hand_in_apt "$files/etc/apt"
    hand_in_git >"$files/etc/gitconfig"
    local file
    for file in /etc/pip.conf /etc/xdg/pip/pip.conf; do hand_in_file "$file" "$files$file"; done
    for file in .pip/pip.conf .config/pip/pip.conf; do hand_in_file "${HOME:-/root}/$file" "$files/root/$file"; done
    for file in /etc/hosts /etc/resolv.conf; do hand_in_file "$file" "$files$file"; done
    [[ ! -d /usr/local/share/ca-certificates ]] || cp -rL /usr/local/share/ca-certificates "$files/usr/local/share"
    # Configuration names files and directories, such as certificates and mirrors, by absolute paths.
    { cat "$in/environment" && find "$files" -path '*/ca-certificates' -prune -o -type f -exec cat {} +; } |
        grep -oE '(^|[^:/[:alnum:]@._-]|file:/{0,2})/[^[:space:]"'\'',;:=]+' | sed -E 's#^[^/]*(/+)#/#' | sort -u >"$in/paths"
}

hand_in_file() { [[ ! -f $1 ]] || install -D --mode=644 "$1" "$2"; }

# The machine's suites, of the bare machine's release, and its settings for getting packages.
hand_in_apt() {
    local apt=$1 own codename
    own=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    codename=$(basename "$bare_root")
    # shellcheck disable=SC2016 # It is apt that fills in the names.
    apt-get indextargets --no-release-info --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
        awk -v own="$own" -v codename="$codename" \
            'index($3, own) == 1 { $3 = codename substr($3, length(own) + 1); print }' | sort -u >"$apt/sources.list"
    apt-config dump | grep '^Acquire::' | grep -v '^Acquire::\(IndexTargets\|cdrom\)' >"$apt/apt.conf.d/50machine" || true
    [[ ! -d /etc/apt/auth.conf.d ]] || cp -r /etc/apt/auth.conf.d "$apt"
    hand_in_file /etc/apt/auth.conf "$apt/auth.conf"
}

# Where repositories are read from, and by which authorities and proxies.
hand_in_git() {
    local name value file
    file=$(mktemp)
    git config --null --get-regexp '^(url\..*\.insteadof|http\.(.*\.)?(proxy|sslcainfo|sslcapath))$' |
        while IFS=$'\n' read -r -d '' name value; do git config --file "$file" --add "$name" "$value"; done || true
    cat "$file"
    rm -f "$file"
}
