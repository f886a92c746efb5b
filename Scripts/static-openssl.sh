# shellcheck shell=bash
# Makes the static OpenSSL inside the deployed libcurl: Debian's source package, security patches included, without what
# a TLS client of today does not use. Debian's own libssl-dev has everything; linked statically it weighs twice as much,
# for OpenSSL's tables of algorithms name all of them. Sourced, never run.
# shellcheck disable=SC2034,SC2154 # Its names are used by, and come from, the files that are sourced with it.

# The upstream series that Debian 12 keeps patching: another one needs a look at the list of switches below.
readonly openssl_family=3.0

# What stays: TLS 1.2 and 1.3, AES-GCM and -CBC, ChaCha20-Poly1305, SHA-1 and SHA-2, RSA, ECDSA, EdDSA, X25519, the
# assembler for all of them, and the texts of errors, which say why a certificate was refused.
openssl_switches=(
    # Parts of OpenSSL are linked, not loaded at run time, and a test suite is not needed.
    no-shared no-pic no-module no-dso no-engine no-dynamic-engine no-static-engine no-tests no-async
    # libcurl owns sockets and files; no openssl.cnf is read, no passphrase asked for.
    no-sock no-dgram no-ui-console no-autoload-config
    # Protocols that are not spoken, or not any more.
    no-ssl3 no-ssl3-method no-tls1 no-tls1-method no-tls1_1 no-tls1_1-method no-dtls no-sctp no-srtp
    no-nextprotoneg no-psk no-srp no-ktls no-ssl-trace no-comp no-multiblock
    # What certificates are used for elsewhere: mail, time stamps, certificate management.
    no-cms no-cmp no-ct no-ocsp no-ts no-rfc3779
    # Algorithms that no authority signs with, and that a server picks over none of those that stay (browsers gave up
    # DHE, too).
    no-legacy no-aria no-bf no-blake2 no-camellia no-cast no-cmac no-des no-dh no-dsa no-ec2m no-gost no-idea no-md4 no-mdc2
    no-ocb no-rc2 no-rc4 no-rmd160 no-scrypt no-seed no-siphash no-siv no-sm2 no-sm3 no-sm4 no-whirlpool
    # Names of source files in error texts; a source of randomness that Debian leaves out as well.
    no-filenames no-rdrand
)

# Sets static_openssl to a directory with include and lib, which it makes in CACHE if need be. A source package that was
# fetched has its line in static_openssl/VERSIONS.
need_static_openssl() {
    local cache=$1 key
    key=$({
        cat "$root/Scripts/static-openssl.sh"
        dpkg-query -W libssl-dev
    } | sha256sum)
    static_openssl=$cache/openssl-$openssl_family-${key:0:12}
    [[ -f $static_openssl/VERSIONS ]] || build_static_openssl "$cache/work-openssl" "$static_openssl"
}

build_static_openssl() {
    local work=$1 result=$2 unpacked
    prepare_sources "$work"
    fetch_source "$work" openssl "$openssl_family."
    unpacked=("$work"/openssl-"$openssl_family".*/)
    mkdir "$work/build"
    quiet_step "Configuring OpenSSL" configure_openssl "$work/build" "${unpacked[0]}" ||
        die "$exit_failure" "OpenSSL cannot be configured"
    # The part that says when it was built says the same everywhere.
    quiet_step "Compiling OpenSSL (a minute or two)" env SOURCE_DATE_EPOCH=0 \
        make -C "$work/build" -j "$(nproc)" build_generated libssl.a libcrypto.a ||
        die "$exit_failure" "OpenSSL cannot be compiled"
    # Its own way of installing adds a description for pkg-config, which would send libcurl to another directory.
    mkdir -p "$work/result/include" "$work/result/lib"
    cp -r "${unpacked[0]}/include/openssl" "$work/build/include/openssl" "$work/result/include"
    cp "$work"/build/lib{ssl,crypto}.a "$work/result/lib"
    cp "$work/versions" "$work/result/VERSIONS"
    # The name appears only when all of it is there.
    mv "$work/result" "$result"
    rm -rf "$work"
}

configure_openssl() (
    # Debian's target brings Debian's settings, such as its security level. Clearing registers at every return is
    # left out: no other part of the executable does it. Sections let the linker drop what nobody calls.
    cd "$1" &&
        perl "../$(basename "$2")/Configure" debian-amd64 "${openssl_switches[@]}" \
            --prefix=/ --libdir=lib --openssldir=/usr/lib/ssl \
            -Os -g0 -ffunction-sections -fdata-sections -fzero-call-used-regs=skip
)
