import COpenSSL

/// A server's certificate and key.
final class TLSIdentity {
    let context: OpaquePointer

    /// Reads both from PEM files.
    init(certificate: String, key: String) throws {
        guard let context = SSL_CTX_new(TLS_server_method()) else { throw BenchError("OpenSSL has no memory") }
        self.context = context
        guard SSL_CTX_use_certificate_chain_file(context, certificate) == 1,
            SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1
        else { throw BenchError("OpenSSL cannot read \(certificate) and \(key)") }
    }

    deinit { SSL_CTX_free(context) }
}
