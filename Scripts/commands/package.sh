#!/usr/bin/env bash
# package PRODUCT [--package-path DIR] [--container]
# Build a Lambda package of an executable product.
#
# Creates DIR/.build/lambda/PRODUCT/bootstrap, a stripped x86-64 executable that needs no shared library, and
# PRODUCT.zip in the same directory: bootstrap, and certs/ with Mozilla's certificate authorities under OpenSSL's names.
# The build is reproducible: the same source gives the same bytes. The executable is run once in an empty root first.
#
#   PRODUCT              an executable product of the Swift package
#   --package-path DIR   the Swift package (default: the one that contains build.sh)
#   --container          package in a container with Debian 12 (see ./build.sh --help)
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
source "$root/Scripts/machine.sh"
source "$root/Scripts/static-curl.sh"

# Off Lambda, a working function exits with an error message within milliseconds.
readonly verification_timeout_seconds=10

answer_help "$@"
product=
package=$root
in_container=
while (($# > 0)); do
    case $1 in
        --package-path)
            (($# > 1)) || usage_error "--package-path needs a directory"
            package=$2
            shift
            ;;
        --package-path=*) package=${1#*=} ;;
        --container) in_container=yes ;;
        -*) usage_error "unknown option '$1'" ;;
        *)
            [[ -z $product ]] || usage_error "one product at a time: '$product' or '$1'?"
            product=$1
            ;;
    esac
    shift
done
[[ -n $product ]] || usage_error "name the executable product to package"
[[ -f $package/Package.swift ]] ||
    usage_error "there is no Package.swift in '$(realpath --no-symlinks -- "$package" 2>/dev/null || echo "$package")': run this in a Swift package, or name one by --package-path"
package=$(cd -- "$package" && pwd -P)
[[ -z $in_container ]] ||
    TRACED_LAMBDA_COMMAND_NAME=${TRACED_LAMBDA_COMMAND_NAME-} exec bash "$root/build.sh" --container package "$product" --package-path "$package"
scratch=$package/.build/static
output=$package/.build/lambda/$product

# build [LINKER-ARGUMENT…]
build() {
    local argument linker=()
    for argument in "$@"; do linker+=(-Xlinker "$argument"); done
    # Keeps the checkout's path out of the executable: no debug information, no build id, and no hash of the command
    # line, which contains directory names. A section per function lets the linker drop unused ones; its -O2 merges
    # strings that end with the same text.
    step "Building $product, static (a minute or two when all of it is new)" \
        swift build -c release --package-path "$package" --scratch-path "$scratch" --product "$product" \
        -debug-info-format none -Xcc "-I$static_curl/include" \
        -Xswiftc -static-executable -Xswiftc -use-ld=lld -Xswiftc -Xfrontend -Xswiftc -disable-incremental-llvm-codegen \
        -Xswiftc -Xfrontend -Xswiftc -disable-concrete-type-metadata-mangled-name-accessors \
        -Xswiftc -Xfrontend -Xswiftc -function-sections \
        -Xlinker "-L$static_curl/lib" -Xlinker --build-id=none -Xlinker -O2 "${linker[@]}"
}

# Tests the product's object files for C++ exceptions and for threads that end early: both need the unwind tables, and
# without them the process aborts. TracedLambda itself uses neither.
unwinds() {
    local symbols users='__gxx_personality_v0|__cxa_throw|_Unwind_[A-Za-z]+|pthread_(exit|cancel)'
    # An asynchronous main and Dispatch's dispatchMain end the main thread.
    # shellcheck disable=SC2016 # Names of Swift begin with a dollar sign.
    users+='|swift_task_asyncMainDrainQueue|dispatch_main|\$s8Dispatch12dispatchMains5NeverOyF'
    symbols=$(xargs nm --undefined-only <"$scratch/release/$product.product/Objects.LinkFileList") ||
        die "$exit_failure" "the symbols of $product cannot be read"
    grep -qE " ($users)\$" <<<"$symbols"
}

# Sets certificates to a directory with Mozilla's certificate authorities, all that Debian's package has. Files of the
# package can be missing on a machine, as in some images, and then an executable of the same bytes would trust others.
find_certificates() {
    local version unpacked changed
    certificates=/usr/share/ca-certificates/mozilla
    # It exits with an error when it finds a difference.
    changed=$(dpkg --verify ca-certificates) || true
    [[ $changed == *" $certificates/"* ]] || return 0
    version=$(dpkg-query -W -f='${Version}' ca-certificates)
    unpacked=$build_directory/ca-certificates/$version
    if [[ ! -d $unpacked ]]; then
        if ! quiet_step "Fetching ca-certificates $version, of which this machine lacks files" \
            unpack_certificates "$version" "$unpacked"; then
            complain "warning: the package holds only the certificate authorities of $certificates"
            return 0
        fi
    fi
    certificates=$unpacked$certificates
}

unpack_certificates() (
    mkdir -p "$work/certificates" "$(dirname "$2")" && cd "$work/certificates" &&
        apt-get -o APT::Sandbox::User=root download "ca-certificates=$1" &&
        dpkg-deb --extract ca-certificates_*.deb unpacked && mv unpacked "$2.part" && mv "$2.part" "$2"
)

# assemble DIRECTORY: creates the package's content, as Lambda unpacks it into /var/task.
assemble() {
    local content=$1 hashed=$work/hashed
    mkdir -p "$content/certs" "$hashed"
    strip --remove-section=.comment --remove-section=.note.stapsdt --remove-section='.gnu.warning.*' \
        -o "$content/bootstrap" "$scratch/release/$product"
    # OpenSSL finds an authority by a file name derived from its subject. OpenSSL's tool creates symbolic links of those
    # names; they are replaced by files, because not every unzip preserves links.
    cp "$certificates"/*.crt "$hashed"
    openssl rehash "$hashed"
    find "$hashed" -type l -exec cp --dereference --target-directory="$content/certs" {} +
    chmod 644 "$content"/certs/*
    chmod 755 "$content" "$content/certs" "$content/bootstrap"
}

# Fixes everything that differs between machines: times, order, owners, time zone. 7-Zip's deflate output is 3 % smaller
# than zip's; more than three passes take minutes for another 0.1 %.
archive() {
    local content=$1 zip=$2 seven_zip
    # The same program has another name in Debian 13's package.
    seven_zip=$(command -v 7zz || command -v 7z) || die "$exit_unavailable" "Debian's package 7zip has no program 7zz or 7z"
    find "$content" -exec touch -d '1980-01-01T00:00:00Z' {} +
    find "$content" -mindepth 1 -printf '%P\n' | LC_ALL=C sort >"$work/names"
    (cd "$content" && TZ=UTC "$seven_zip" a -tzip -mx=9 -mfb=258 -mpass=3 -mtm- -mtc- -mta- -bso0 -bsp0 "$zip" "@$work/names")
}

verify() {
    local bootstrap=$1 kind
    kind=$(file --brief "$bootstrap")
    [[ $kind == *'ELF 64-bit'*x86-64*'statically linked'*', stripped' ]] ||
        die "$exit_failure" "bootstrap is not a static, stripped x86-64 executable, but: $kind"
    verify_in_empty_root "$bootstrap"
}

# Off Lambda the runtime must name the missing variable and exit with 1, in a root that contains only /proc and /tmp.
# This reveals every other file that the executable needs at its start.
verify_in_empty_root() {
    local bootstrap=$1 empty=$work/root code=0 errors=$work/errors namespaces=(--mount --pid --fork --kill-child)
    local run=("$bootstrap") where="an empty root"
    ((EUID == 0)) || namespaces+=(--user --map-root-user)
    if unshare "${namespaces[@]}" --mount-proc true 2>/dev/null; then
        mkdir -p "$empty"/{proc,tmp}
        cp "$bootstrap" "$empty/bootstrap"
        run=(unshare "${namespaces[@]}" --root "$empty" --mount-proc /bootstrap)
    else
        where="the machine's own root"
        complain "warning: this machine allows no new namespace, so the executable is tried in $where, not in an empty one"
    fi
    env -i timeout --kill-after 1 "$verification_timeout_seconds" "${run[@]}" </dev/null >"$work/printed" 2>"$errors" || code=$?
    if ((code != 1)) || [[ $(wc -l <"$errors") -ne 1 ]] || ! grep -q AWS_LAMBDA_RUNTIME_API "$errors"; then
        complain "$product, run in $where without AWS_LAMBDA_RUNTIME_API, should name that variable in one line on its" \
            "standard error and exit with 1. It exited with $code and printed:"
        cat "$work/printed" "$errors" >&2
        die "$exit_failure" "no package is made: $product must end in TracedLambda's loop, as an @main TracedHandler does"
    fi
    say "Verified in $where: $(cat "$errors")"
}

need_packaging_machine
need_swift
need_packages "${static_packages[@]}"
use_plain_build_directory
need_static_curl

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

products=$(swift package --package-path "$package" --scratch-path "$scratch" show-executables 2>"$work/errors") || {
    cat "$work/errors" >&2
    die "$exit_failure" "SwiftPM cannot read the package in '$package'"
}
# Executables of other packages are listed, too, followed by their package's name.
grep -qxF "$product" <<<"$products" ||
    die "$exit_failure" "no executable product '$product' in '$package'; it has: $(grep -v '(' <<<"$products" | paste -sd ' ')"

# A package that exists stays in use until the new one takes its place; it is removed if no new one can be made.
mkdir -p "$output"
trap 'rm -rf "$work" "$output"' EXIT

# The unwind tables are a ninth of the executable.
build --no-eh-frame-hdr "$root/Scripts/static.ld" || exit "$exit_failure"
if unwinds; then
    say "$product's code unwinds the stack (C++ exceptions, pthread_exit, an asynchronous main): its tables stay"
    build || exit "$exit_failure"
fi
find_certificates
assemble "$work/content"
verify "$work/content/bootstrap"
archive "$work/content" "$work/$product.zip"
# Copies in the same directory first: only a rename within a file system replaces a file at once.
cp -p "$work/content/bootstrap" "$output/.bootstrap"
cp -p "$work/$product.zip" "$output/.$product.zip"
mv -f "$output/.bootstrap" "$output/bootstrap"
mv -f "$output/.$product.zip" "$output/$product.zip"
trap 'rm -rf "$work"' EXIT

megabytes() { LC_ALL=C awk -v bytes="$(stat -c %s "$1")" 'BEGIN { printf "%.1f MB", bytes / 1e6 }'; }
say "$output/bootstrap ($(megabytes "$output/bootstrap"), libcurl $(awk '$1 == "curl" { print $2 }' "$static_curl/VERSIONS"))"
say "$output/$product.zip ($(megabytes "$output/$product.zip"), sha256 $(sha256sum <"$output/$product.zip" | cut -c 1-64))"
