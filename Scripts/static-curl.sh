# shellcheck shell=bash
# Makes the static libcurl that a deployed function links. Debian's own libcurl.a asks for libraries that have no
# static form (GSSAPI, LDAP, …), so curl's Debian source package, security patches included, is built again with
# HTTP and HTTPS alone, and put into one archive with an OpenSSL of its own, c-ares and zlib. Sourced, never run.
# shellcheck disable=SC2034,SC2154 # Its names are used by, and come from, the files that are sourced with it.

source "$root/Scripts/debian-sources.sh"
source "$root/Scripts/static-openssl.sh"

# The upstream version that Debian 12 keeps patching: another one needs a look at the list of switches below.
readonly curl_family=7.88.1

# Debian's archives that libcurl.a takes in, and the packages whose versions decide whether a cached build still fits.
readonly curl_parts=(libcares.a libz.a)
readonly curl_inputs=(libc-ares-dev libcurl4-openssl-dev libssl-dev zlib1g-dev)

# Switches are left out where curl's default is what is wanted: IPv6, the HTTP proxy, basic authentication,
# dates (Retry-After) and error texts (--disable-verbose would take curl_easy_strerror's words) stay.
curl_switches=(
    --disable-shared --enable-static --with-pic --disable-dependency-tracking --disable-manual --disable-libcurl-option
    --with-zlib
    # glibc's resolver needs shared libraries at run time; c-ares does not.
    --enable-ares
    # No file is read that the function did not bring along: no openssl.cnf, no built-in certificate paths.
    --disable-openssl-auto-load-config --without-ca-bundle --without-ca-path --with-ca-fallback
    --disable-dict --disable-file --disable-ftp --disable-gopher --disable-imap --disable-ldap --disable-ldaps --disable-mqtt
    --disable-pop3 --disable-rtsp --disable-smb --disable-smtp --disable-telnet --disable-tftp
    --disable-alt-svc --disable-cookies --disable-dnsshuffle --disable-doh --disable-get-easy-options --disable-headers-api
    --disable-hsts --disable-mime --disable-netrc --disable-ntlm --disable-ntlm-wb --disable-progress-meter --disable-tls-srp
    --disable-unix-sockets
    --without-brotli --without-libgsasl --without-libidn2 --without-libpsl --without-librtmp --without-nghttp2 --without-zstd
)

# A handle here has one connection to one server; libcurl makes tables for hundreds with each, and walks over them after
# each exchange.
readonly curl_tables='-DCURL_SOCKET_HASH_TABLE_SIZE=7 -DCURL_CONNECTION_HASH_SIZE=3 -DCURL_DNS_HASH_SIZE=3'

# Sets static_curl to a directory with include/curl and lib/libcurl.a, which it makes if need be.
need_static_curl() {
    [[ $(dpkg --print-architecture) == amd64 ]] ||
        die "$exit_unavailable" "packages are made for x86-64, on an x86-64 machine; this one is $(dpkg --print-architecture)"
    local cache=$build_directory/static-curl key lock
    # A new recipe or a security update of an input makes a new directory, so nothing is linked with an old one.
    key=$({
        cat "$root"/Scripts/{debian-sources,static-openssl,static-curl}.sh
        dpkg-query -W "${curl_inputs[@]}"
    } | sha256sum)
    static_curl=$cache/$curl_family-${key:0:12}
    mkdir -p "$cache"
    exec {lock}>"$cache/lock"
    flock "$lock"
    if [[ ! -f $static_curl/lib/libcurl.a ]]; then
        need_static_openssl "$cache"
        build_static_curl "$cache/work" "$static_curl"
    fi
    exec {lock}>&-
}

build_static_curl() {
    local work=$1 result=$2
    say "Building a static libcurl $curl_family, once (about a minute)"
    prepare_sources "$work"
    fetch_source "$work" curl "$curl_family-"
    start_late "$work/curl-$curl_family/lib"
    shorten_requests "$work/curl-$curl_family/lib"
    mkdir "$work/build"
    quiet_step "Configuring libcurl" private_configure "$work" || die "$exit_failure" "libcurl cannot be configured"
    quiet_step "Compiling libcurl" make -C "$work/build/lib" -j "$(nproc)" libcurl.la ||
        die "$exit_failure" "libcurl cannot be compiled"

    mkdir -p "$work/result/lib" "$work/result/include/curl"
    cp "$work/curl-$curl_family/include/curl"/*.h "$work/result/include/curl"
    cp "$static_openssl"/lib/lib{ssl,crypto}.a "$work"
    (cd "$work" && merge_archives result/lib/libcurl.a build/lib/.libs/libcurl.a ./lib{ssl,crypto}.a "${curl_parts[@]}")
    {
        cat "$work/versions" "$static_openssl/VERSIONS"
        dpkg-query -W "${curl_inputs[@]}"
    } >"$work/result/VERSIONS"
    # The name appears only when all of it is there.
    mv "$work/result" "$result"
    rm -rf "$work"
}

# What most functions' starts do not need is made when it is needed.
start_late() {
    local sources=$1
    # libcurl starts all of OpenSSL with the process: ciphers, error texts, engines, two fifths of a function's start.
    # OpenSSL starts by itself at the first TLS connection, and a function may have none. What has to be said before is
    # that no openssl.cnf is to be read, whichever part of OpenSSL comes first.
    change_source "$sources/vtls/openssl.c" 'OPENSSL_init_ssl(flags, NULL);' \
        '(void)flags; OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);'
    # Each handle gets a resolver of its own, and the Runtime API's, whose address is a number, never asks it.
    change_source "$sources/url.c" 'result = Curl_resolver_init(data, &data->state.async.resolver);' 'result = CURLE_OK;'
    change_source "$sources/asyn-ares.c" '*waitp = 0; /* default to synchronous response */' \
        '*waitp = 0; if(!data->state.async.resolver && Curl_resolver_init(data, &data->state.async.resolver)) return NULL;'
}

# What libcurl does for each request and need not do for these.
shorten_requests() {
    local sources=$1
    # Its printf makes room for each byte of a request's head by itself, a third of an exchange.
    change_source "$sources/mprintf.c" 'if(Curl_dyn_addn(infop->b, &outc, 1)) {' \
        'if(infop->b->leng + 1 < infop->b->allc) {
           infop->b->bufr[infop->b->leng++] = (char)outc; infop->b->bufr[infop->b->leng] = 0;
         } else if(Curl_dyn_addn(infop->b, &outc, 1)) {'
    change_source "$sources/http.c" 'result = Curl_dyn_addf(req, "%s\r\n", compare);' \
        'result = Curl_dyn_add(req, compare); if(!result) result = Curl_dyn_addn(req, "\r\n", 2);'
    # A URL that has been taken apart is put together again, for redirections, which are not followed here; and its path
    # is encoded, which HTTPEndpoint and RuntimeEndpoint have seen to.
    change_source "$sources/url.c" 'uc = curl_url_get(uh, CURLUPART_URL, &newurl, 0);' \
        'newurl = strdup(data->state.url); uc = newurl ? CURLUE_OK : CURLUE_OUT_OF_MEMORY;'
    change_source "$sources/url.c" 'CURLUPART_PATH, &data->state.up.path,
                    CURLU_URLENCODE)' 'CURLUPART_PATH, &data->state.up.path, 0)'
    # What is said of a connection is put into words before it is known whether anyone listens.
    change_source "$sources/multi.c" 'msnprintf(buffer, sizeof(buffer),' \
        'if(data->set.verbose) msnprintf(buffer, sizeof(buffer),'
}

# change_source FILE OLD NEW: puts NEW in the place of OLD, which must stand there once.
change_source() {
    local source=$1 old=$2 new=$3 text
    text=$(<"$source")
    [[ $text == *"$old"* && ${text/"$old"/} != *"$old"* ]] ||
        die "$exit_failure" "libcurl $curl_family is not as Scripts/static-curl.sh knows it: in $(basename "$source") there is not one '$old'"
    printf '%s\n' "${text/"$old"/"$new"}" >"$source"
}

private_configure() (
    # Sections let the linker drop what a function does not use. The relative name of the sources, which their
    # objects repeat, keeps the objects the same wherever the checkout is.
    cd "$1/build" &&
        CPPFLAGS=$curl_tables CFLAGS="-O2 -g0 -ffunction-sections -fdata-sections" \
            "../curl-$curl_family/configure" --with-openssl="$static_openssl" "${curl_switches[@]}"
)

# merge_archives RESULT ARCHIVE…: one archive, so that -lcurl alone links. A mere name is looked up as the C compiler
# does; ar's script language knows no quotes, so no directory of ours may stand in it.
merge_archives() {
    local result=$1 archive
    shift
    {
        echo "CREATE $result"
        for archive in "$@"; do
            [[ $archive == */* ]] || archive=$(cc -print-file-name="$archive")
            echo "ADDLIB $archive"
        done
        echo SAVE
        echo END
    } | ar -M
}
