# shellcheck shell=bash
# Installs the requirements: Debian packages and the tests' Python tools; checks for a Swift toolchain. Sourced, never
# run.
# shellcheck disable=SC2034,SC2154 # Its names are used by, and come from, the files that are sourced with it.

tools_directory=$build_directory/tools

# Debian packages by purpose. The first line of Swift's are shared libraries and data that its archive does not contain.
swift_packages=(ca-certificates libncurses6 libsqlite3-0 libxml2 tzdata
    build-essential git libcurl4-openssl-dev libsqlite3-dev libssl-dev zlib1g-dev)
static_packages=(7zip dpkg-dev file libc-ares-dev libssl-dev openssl perl pkg-config util-linux)
test_packages=(chromium chromium-driver curl file mount openssl unzip util-linux valgrind)
bare_packages=(debian-archive-keyring debootstrap git mount util-linux)
lint_packages=(git shellcheck)
python_packages=(python3 python3-venv)

# The description of this system; another file in tests.
os_release=${OS_RELEASE_FILE:-/etc/os-release}

# How long other processes may hold apt's locks.
readonly lock_timeout_seconds=600

readonly container_way="On other systems, run the command in a container: ./build.sh --container COMMAND"

# Checks that there is a Swift toolchain, and installs what it needs to run and to link.
need_swift() {
    command -v swift >/dev/null ||
        die "$exit_unavailable" "no 'swift' on PATH: install Swift 6.2 or later (https://www.swift.org/install) and put its usr/bin on PATH, or use a container: ./build.sh --container COMMAND"
    need_packages "${swift_packages[@]}"
    local version
    version=$(swift --version 2>&1) ||
        die "$exit_unavailable" "'$(command -v swift)' does not run on this machine: $version"
    version=$(sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' <<<"$version" | head -n 1)
    [[ $(printf '%s\n' 6.2 "$version" | sort -V | head -n 1) == 6.2 ]] ||
        die "$exit_unavailable" "'$(command -v swift)' is Swift $version, and 6.2 or later is needed: install it (https://www.swift.org/install) and put its usr/bin first on PATH"
}

# Packages for Lambda are made of Debian's sources and libraries, for x86-64.
need_packaging_machine() {
    local system
    system=$(sed -n 's/^PRETTY_NAME="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' "$os_release" 2>/dev/null)
    if grep -qx 'ID=debian' "$os_release" 2>/dev/null && [[ $(uname -m) == x86_64 ]]; then return 0; fi
    die "$exit_unavailable" "packages are made on Debian 12 or 13 for x86-64, and this machine has ${system:-$(uname -s)} on $(uname -m). Use a container: ./build.sh --container package PRODUCT"
}

# The build scripts of libcurl and OpenSSL fail in a directory whose path has a space or another special character. If the
# checkout's path has one, they are built in the user's cache directory.
use_plain_build_directory() {
    local plain='^[[:alnum:]_./+@-]+$' directory
    [[ ! $build_directory =~ $plain ]] || return 0
    directory=${XDG_CACHE_HOME:-${HOME:-}/.cache}
    [[ $directory == /* && $directory =~ $plain ]] || directory=/var/tmp/traced-lambda-$EUID
    build_directory=$directory/traced-lambda/$(cksum <<<"$root" | cut -d ' ' -f 1)
    mkdir -p "$build_directory"
}

# The environment variables that SwiftPM sees when it builds this checkout's own packages. It recompiles every manifest,
# for the workbench tens of seconds, after any variable has changed.
readonly swift_variables='^(PATH|HOME|USER|LOGNAME|TMPDIR|LANG|LC_ALL|XDG_(CACHE|CONFIG|DATA)_HOME|GIT_[A-Z_]+|SSH_AUTH_SOCK)=|^([A-Z_]*_PROXY|[a-z]+_proxy|[A-Z]*SAN_OPTIONS|SSL_CERT_(FILE|DIR)|CI)='

# Swift for this checkout's own packages: own_swift build|test|… [ARGUMENT…]
own_swift() {
    local variables=() variable
    while IFS= read -r variable; do variables+=("$variable"); done < <(env | grep -E "$swift_variables" | LC_ALL=C sort)
    env -i "${variables[@]}" swift "$@"
}

# Installs the given Debian packages that are missing; prints nothing when none is.
need_packages() {
    command -v dpkg-query >/dev/null ||
        die "$exit_unavailable" "this system has no Debian packages, and these are needed: $*. $container_way"
    local installed missing
    # dpkg-query fails when it does not know a package, but still prints the others.
    installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null | sed -n 's/ installed$//p') || true
    mapfile -t missing < <(comm -23 <(printf '%s\n' "$@" | sort -u) <(sort -u <<<"$installed"))
    ((${#missing[@]} > 0)) || return 0

    local as_root=() by_hand="apt-get update && apt-get install --no-install-recommends ${missing[*]}"
    if ((EUID != 0)); then
        # sudo may ask for a password, for which it must be in the terminal's foreground.
        { command -v sudo >/dev/null && { sudo -n true 2>/dev/null || sudo -v; }; } ||
            die "$exit_unavailable" "Debian packages are missing, and installing them takes root's rights; as root, run: $by_hand"
        as_root=(sudo)
    fi
    # An outdated list is sufficient for most packages, so a failed update alone is not an error.
    quiet_step "Reading Debian's package lists" apt_get update || true
    quiet_step "Installing Debian packages: ${missing[*]}" apt_get install -y --no-install-recommends "${missing[@]}" ||
        die "$exit_unavailable" "Debian packages could not be installed (apt's reason is above); as root, run: $by_hand"
}

# Runs apt-get as root. Another process, such as unattended-upgrades, can hold apt's locks for minutes: apt itself waits
# for dpkg's, but not for that of the package lists.
apt_get() {
    local errors deadline=$((SECONDS + lock_timeout_seconds)) code
    errors=$(mktemp)
    while :; do
        code=0
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C \
            apt-get -o DPkg::Lock::Timeout="$lock_timeout_seconds" "$@" 2>"$errors" || code=$?
        # Not by tee, which the shell would not wait for.
        cat "$errors" >&2
        if ((code == 0 || SECONDS >= deadline)) || ! grep -q 'Could not get lock' "$errors"; then break; fi
        echo "apt is locked by another process; waiting for up to $(duration $((deadline - SECONDS))): $(grep -m 1 -o 'held by process.*' "$errors")"
        sleep 2
    done
    rm -f "$errors"
    return "$code"
}

# Prints a Python interpreter that the tools support.
find_python() {
    local python
    for python in python3 /usr/bin/python3 python3.{13..11}; do
        # Debian's python3 without python3-venv lacks ensurepip and cannot create a virtual environment.
        if "$python" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
            echo "$python"
            return 0
        fi
    done
    return 1
}

# Installs the pinned Python tools in .build/tools/venv, and Lambda's Runtime Interface Emulator in .build/tools.
need_tools() { once pins install_tools "$root"/Tests/EndToEnd/{requirements,emulator}.txt; }

# Installs MLflow in .build/tools/mlflow, because its dependencies conflict with those of the other tools.
need_mlflow() { once mlflow-pins install_mlflow "$root/Tests/EndToEnd/requirements-all.txt"; }

# Installs the benchmarks' reference in .build/tools/reference.
need_reference() { once reference-pins install_reference "$root/Benchmarks/Reference/requirements.txt"; }

# once STAMP COMMAND FILE…: runs a command with the files as arguments, unless the files are unchanged since the last
# run.
once() {
    local stamp=$tools_directory/$1 command=$2
    shift 2
    mkdir -p "$tools_directory"
    exec {tools_lock}>"$tools_directory/lock"
    flock "$tools_lock"
    if ! cat "$@" | cmp -s - "$stamp"; then
        rm -f "$stamp"
        "$command" "$@"
        cat "$@" >"$stamp"
    fi
    exec {tools_lock}>&-
}

install_tools() {
    local venv=$tools_directory/venv emulator=$tools_directory/aws-lambda-rie-x86_64
    make_python_environment "$venv" "$1" "the tests' Python tools (about a minute)"
    quiet_step "Fetching Lambda's Runtime Interface Emulator" fetch_emulator "$venv/bin/python" "$2" "$emulator" ||
        die "$exit_unavailable" "could not fetch what $2 names"
}

install_mlflow() { make_python_environment "$tools_directory/mlflow" "$1" "MLflow (a minute or two, 1 GB)"; }
install_reference() { make_python_environment "$tools_directory/reference" "$1" "the reference (about half a minute)"; }

# make_python_environment DIRECTORY REQUIREMENTS TITLE
make_python_environment() {
    local venv=$1 requirements=$2 title=$3 python
    find_python >/dev/null || need_packages "${python_packages[@]}"
    python=$(find_python) || die "$exit_unavailable" "no Python from 3.11 to 3.13 with venv: install Debian's python3-venv"
    # rotel, the collector of the tests, is linked with Python's library, which Debian has in a package of its own.
    [[ $(command -v "$python") != /usr/bin/* ]] || ! command -v dpkg-query >/dev/null ||
        need_packages "lib$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')"
    quiet_step "Making the Python environment of ${title%% (*}" "$python" -m venv --clear "$venv" ||
        die "$exit_unavailable" "'$python -m venv' failed"
    quiet_step "Installing $title" "$venv/bin/python" -m pip install -r "$requirements" ||
        die "$exit_unavailable" "could not install what $requirements names"
}

# AWS distributes the emulator inside its SAM command line, which has some forty dependencies; only the static
# executable is extracted.
fetch_emulator() {
    local python=$1 pin=$2 emulator=$3 download=$tools_directory/download
    rm -rf "$download" &&
        "$python" -m pip download --no-deps --dest "$download" -r "$pin" &&
        "$python" -m zipfile -e "$download"/*.whl "$download" &&
        install -m 755 "$download/samcli/local/rapid/$(basename "$emulator")" "$emulator" &&
        rm -rf "$download"
}
