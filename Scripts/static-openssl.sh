# shellcheck shell=bash
# Makes the static OpenSSL inside the deployed libcurl: Debian's source package, unchanged, security patches included,
# without the parts that a TLS client does not use. Debian's own libssl-dev has all of them; linked statically it weighs
# twice as much, for OpenSSL's tables of algorithms name every one. Sourced, never run.
# shellcheck disable=SC2034,SC2154 # Its names are used by, and come from, the files that are sourced with it.

# A long-term series; another one needs a look at the list of switches below.
readonly openssl_family=3.5

# Included: TLS 1.2 and 1.3, AES-GCM and -CBC, ChaCha20-Poly1305, SHA-1 and SHA-2, RSA, ECDSA, EdDSA, X25519, X448,
# ML-KEM, DHE, the assembler for them, and error texts, which say why a certificate was refused.
openssl_switches=(
    # OpenSSL's parts are linked, not loaded at run time; neither its test suite nor its programs are needed.
    no-shared no-pic no-module no-dso no-engine no-dynamic-engine no-static-engine no-tests no-async no-apps no-docs
    # libcurl owns sockets and files; no openssl.cnf is read, no passphrase is read from a terminal, no session keys are written.
    no-sock no-dgram no-ui-console no-autoload-config no-sslkeylog no-http no-thread-pool no-default-thread-pool
    # Protocols that are not spoken.
    no-ssl3 no-ssl3-method no-tls1 no-tls1-method no-tls1_1 no-tls1_1-method no-dtls no-sctp no-srtp no-quic no-hqinterop
    no-nextprotoneg no-psk no-srp no-ktls no-ssl-trace no-comp no-multiblock no-integrity-only-ciphers
    no-tls-deprecated-ec
    # Uses of certificates other than TLS: mail, time stamps, certificate management.
    no-cms no-cmp no-ct no-ocsp no-ts no-rfc3779
    # Algorithms that no authority signs with, and that a server picks over none of the included ones.
    no-legacy no-aria no-argon2 no-bf no-blake2 no-camellia no-cast no-cmac no-des no-dsa no-ec2m no-gost no-idea no-md4
    no-mdc2 no-ml-dsa no-ocb no-rc2 no-rc4 no-rmd160 no-scrypt no-seed no-siphash no-siv no-slh-dsa no-sm2 no-sm3 no-sm4
    no-whirlpool
    # Names of source files in error texts; a source of randomness that Debian leaves out as well.
    no-filenames no-rdrand
)

# Assembler for AVX-512: 0.8 MB of code that saves nothing on transfers of a few megabytes.
readonly avx512_sources=(
    crypto/modes/aes-gcm-avx512.s crypto/aes/aesni-xts-avx512.s
    crypto/bn/rsaz-{2,3,4}k-{avx512,avxifma}.s
)

# build_static_openssl WORK RESULT: builds the sources unpacked in WORK, and moves include, lib and VERSIONS to RESULT.
build_static_openssl() {
    local work=$1 result=$2 unpacked
    unpacked=("$work"/openssl-"$openssl_family".*/)
    mkdir "$work/build"
    quiet_step "Configuring OpenSSL" configure_openssl "$work/build" "${unpacked[0]}" ||
        die "$exit_failure" "OpenSSL cannot be configured"
    # OpenSSL's generators write stubs, which use AES-NI in place of AVX-512, for an assembler that is too old for it.
    quiet_step "Leaving AVX-512 out of OpenSSL" \
        make -C "$work/build" CC="echo GNU assembler version 2.21" "${avx512_sources[@]}" ||
        die "$exit_failure" "OpenSSL's AVX-512 parts cannot be left out"
    # SOURCE_DATE_EPOCH: the part that names the time of the build names the same time everywhere.
    quiet_step "Compiling OpenSSL (a minute or two)" env SOURCE_DATE_EPOCH=0 \
        make -C "$work/build" -j "$(nproc)" build_generated libssl.a libcrypto.a ||
        die "$exit_failure" "OpenSSL cannot be compiled"
    # OpenSSL's own installation adds a description for pkg-config, which would send libcurl to another directory.
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
    # left out: no other part of the executable does it. Sections let the linker drop unused functions.
    cd "$1" &&
        perl "../$(basename "$2")/Configure" debian-amd64 "${openssl_switches[@]}" \
            --prefix=/ --libdir=lib --openssldir=/usr/lib/ssl \
            -Os -g0 -ffunction-sections -fdata-sections -fzero-call-used-regs=skip
)
