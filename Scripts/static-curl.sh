# shellcheck shell=bash
# Makes the static libcurl that a deployed function links. Debian's own libcurl.a asks for libraries that have no
# static form (GSSAPI, LDAP, …), so curl's Debian source package, unchanged, security patches included, is built with
# HTTP and HTTPS alone, and put into one archive with an OpenSSL of its own, c-ares and zlib. Sourced, never run.
# shellcheck disable=SC2034,SC2154 # Its names are used by, and come from, the files that are sourced with it.

source "$root/Scripts/debian-sources.sh"
source "$root/Scripts/static-openssl.sh"

# The upstream version that Debian keeps patching: another one needs a look at the list of switches below.
readonly curl_family=8.14.1

# Debian's archives that libcurl.a takes in, and their packages.
readonly curl_parts=(libcares.a libz.a)
readonly curl_inputs=(libc-ares-dev zlib1g-dev)

# Switches are left out where curl's default is wanted: IPv6, the HTTP proxy, basic authentication, dates (Retry-After) and error texts (--disable-verbose would take curl_easy_strerror's texts) stay.
curl_switches=(
    --disable-shared --enable-static --with-pic --disable-dependency-tracking --disable-manual --disable-docs
    --disable-libcurl-option --with-zlib
    # One compilation unit: the compiler inlines libcurl's printf, a third of an exchange, which appends byte by byte.
    --enable-unity
    # glibc's resolver needs shared libraries at run time; c-ares does not.
    --enable-ares
    # No file is read that the function did not bring along: no openssl.cnf, no built-in certificate paths.
    --disable-openssl-auto-load-config --without-ca-bundle --without-ca-path --with-ca-fallback
    --disable-dict --disable-file --disable-ftp --disable-gopher --disable-imap --disable-ipfs --disable-ldap
    --disable-ldaps --disable-mqtt --disable-pop3 --disable-rtsp --disable-smb --disable-smtp --disable-telnet
    --disable-tftp --disable-websockets
    --disable-alt-svc --disable-aws --disable-bearer-auth --disable-bindlocal --disable-cookies --disable-digest-auth
    --disable-dnsshuffle --disable-doh --disable-form-api --disable-get-easy-options --disable-headers-api --disable-hsts
    --disable-httpsrr --disable-kerberos-auth --disable-mime --disable-negotiate-auth --disable-netrc --disable-ntlm
    --disable-progress-meter --disable-sha512-256 --disable-tls-srp --disable-unix-sockets
    --without-brotli --without-libgsasl --without-libidn2 --without-libpsl --without-librtmp --without-libssh2
    --without-nghttp2 --without-nghttp3 --without-ngtcp2 --without-zstd
)

# Sets static_curl to a directory with include/curl, lib/libcurl.a and VERSIONS, which it makes if need be. The
# directory's name covers the recipe and the version of every input, so nothing is linked with an outdated one.
need_static_curl() {
    [[ $(dpkg --print-architecture) == amd64 ]] ||
        die "$exit_unavailable" "packages are made for x86-64, on an x86-64 machine; this one is $(dpkg --print-architecture)"
    local cache=$build_directory/static-curl lock static_openssl
    mkdir -p "$cache"
    exec {lock}>"$cache/lock"
    flock "$lock"
    read_source_lists "$cache/lists"
    need_source_build openssl "$openssl_family." "$cache" build_static_openssl
    static_openssl=$built
    need_source_build curl "$curl_family-" "$cache" build_static_curl
    static_curl=$built
    exec {lock}>&-
}

# need_source_build PACKAGE PREFIX CACHE BUILD: sets built to a directory that BUILD made of the newest of Debian's
# versions of PACKAGE that begin with PREFIX and can be fetched.
need_source_build() {
    local package=$1 prefix=$2 cache=$3 build=$4 versions version key
    mapfile -t versions < <(source_versions "$cache/lists" "$package" "$prefix")
    ((${#versions[@]} > 0)) ||
        die "$exit_unavailable" "Debian's $sources_release lists no source package $package $prefix*: move the family in Scripts/static-$package.sh"
    for version in "${versions[@]}"; do
        key=$({
            cat "$root"/Scripts/{debian-sources,static-openssl,static-curl}.sh "$root/Scripts/late-openssl.c"
            dpkg-query -W "${curl_inputs[@]}" gcc
            echo "$package $version ${static_openssl-}"
        } | sha256sum)
        built=$cache/$package-${version%%[-~+]*}-${key:0:12}
        [[ ! -f $built/VERSIONS ]] || return 0
        if fetch_source "$cache/lists" "$cache/work" "$package" "$version"; then
            say "Building a static $package $version, once (a minute or two)"
            "$build" "$cache/work" "$built"
            return 0
        fi
    done
    die "$exit_unavailable" "no source package $package $prefix* can be fetched and verified"
}

build_static_curl() {
    local work=$1 result=$2
    mkdir "$work/build"
    quiet_step "Configuring libcurl" private_configure "$work" || die "$exit_failure" "libcurl cannot be configured"
    quiet_step "Compiling libcurl" make -C "$work/build/lib" -j "$(nproc)" libcurl.la ||
        die "$exit_failure" "libcurl cannot be compiled"

    mkdir -p "$work/result/lib" "$work/result/include/curl"
    cp "$work/curl-$curl_family/include/curl"/*.h "$work/result/include/curl"
    cp "$static_openssl"/lib/lib{ssl,crypto}.a "$work"
    cp "$root/Scripts/late-openssl.c" "$work"
    (
        cd "$work" || exit
        cc -O2 -g0 -Wall -Wextra -Werror -ffunction-sections -I"$static_openssl/include" -c late-openssl.c -o late-openssl.o &&
            merge_archives result/lib/libcurl.a late-openssl.o build/lib/.libs/libcurl.a ./lib{ssl,crypto}.a "${curl_parts[@]}"
    ) || die "$exit_failure" "libcurl's archive cannot be put together"
    {
        cat "$work/versions" "$static_openssl/VERSIONS"
        dpkg-query -W "${curl_inputs[@]}"
    } >"$work/result/VERSIONS"
    # The name appears only when all of it is there.
    mv "$work/result" "$result"
    rm -rf "$work"
}

private_configure() (
    # Sections let the linker drop unused functions. The relative name of the sources, which their objects repeat,
    # keeps the objects the same wherever the checkout is. Scripts/late-openssl.c says why a function is renamed.
    cd "$1/build" &&
        CPPFLAGS=-DOPENSSL_init_ssl=traced_lambda_init_ssl CFLAGS="-O3 -g0 -ffunction-sections -fdata-sections" \
            "../curl-$curl_family/configure" --with-openssl="$static_openssl" "${curl_switches[@]}"
)

# merge_archives RESULT FILE…: one archive of objects and archives, so that -lcurl alone links. A mere name of an
# archive is looked up as the C compiler does; ar's script language has no quotes, so no directory of ours may stand in it.
merge_archives() {
    local result=$1 file
    shift
    {
        echo "CREATE $result"
        for file in "$@"; do
            case $file in
                *.o) echo "ADDMOD $file" ;;
                */*) echo "ADDLIB $file" ;;
                *) echo "ADDLIB $(cc -print-file-name="$file")" ;;
            esac
        done
        echo SAVE
        echo END
    } | ar -M
}
