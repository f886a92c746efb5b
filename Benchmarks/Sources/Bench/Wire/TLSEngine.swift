import COpenSSL

/// The server's side of TLS on byte buffers, without a socket.
final class TLSEngine {
    private static let pieceBytes = 65_536

    private let session: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer

    /// Starts a connection with a server's certificate and key.
    init(_ identity: TLSIdentity) throws {
        guard let session = SSL_new(identity.context), let incoming = BIO_new(BIO_s_mem()),
            let outgoing = BIO_new(BIO_s_mem())
        else { throw BenchError("OpenSSL has no memory") }
        self.session = session
        self.incoming = incoming
        self.outgoing = outgoing
        SSL_set_bio(session, incoming, outgoing)
        SSL_set_accept_state(session)
    }

    // The session owns both buffers.
    deinit { SSL_free(session) }

    /// Decrypts bytes from the client; returns nothing during the handshake.
    func open(_ bytes: [UInt8]) throws -> [UInt8] {
        guard BIO_write(incoming, bytes, Int32(bytes.count)) == bytes.count else { throw failure("BIO_write") }
        var plain: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: Self.pieceBytes)
        while true {
            let count = SSL_read(session, &piece, Int32(piece.count))
            guard count > 0 else {
                let reason = SSL_get_error(session, count)
                guard reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_ZERO_RETURN else {
                    throw failure("SSL_read")
                }
                return plain
            }
            plain += piece[..<Int(count)]
        }
    }

    func seal(_ plain: [UInt8]) throws {
        guard SSL_write(session, plain, Int32(plain.count)) == plain.count else { throw failure("SSL_write") }
    }

    /// Returns the bytes to send to the client now.
    func takeOutgoing() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(BIO_ctrl_pending(outgoing)))
        guard !bytes.isEmpty else { return [] }
        BIO_read(outgoing, &bytes, Int32(bytes.count))
        return bytes
    }

    private func failure(_ call: String) -> BenchError {
        let reason = ERR_reason_error_string(ERR_get_error()).map { String(cString: $0) }
        return BenchError("\(call): \(reason ?? "no reason")")
    }
}
