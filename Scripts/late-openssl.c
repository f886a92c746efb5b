// libcurl starts all of OpenSSL (ciphers, error texts) with the process: two fifths of a function's start, and a function
// may make no TLS connection. The deployed libcurl is compiled with OPENSSL_init_ssl renamed to this function, which only
// says that no openssl.cnf is to be read. OpenSSL then starts by itself at the first TLS connection.
#undef OPENSSL_init_ssl
#include <openssl/crypto.h>
#include <openssl/ssl.h>

int traced_lambda_init_ssl(uint64_t options, const OPENSSL_INIT_SETTINGS *settings);

int traced_lambda_init_ssl(uint64_t options, const OPENSSL_INIT_SETTINGS *settings) {
    (void)options;
    (void)settings;
    return OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
}
