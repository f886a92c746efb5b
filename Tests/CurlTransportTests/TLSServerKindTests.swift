import CurlTransport
import Testing

/// The list of docs/configuration.md: keys, key exchanges and ciphers of the servers that can be reached.
@Suite("Kinds of TLS servers")
struct TLSServerKindTests {
    struct Kind: Sendable, CustomTestStringConvertible {
        let name: String
        var key = "ec -pkeyopt ec_paramgen_curve:P-256"
        var options = ""

        var testDescription: String { name }
    }

    static let reached = [
        Kind(name: "RSA, 2048 bits", key: "rsa:2048"),
        Kind(name: "RSA, 4096 bits", key: "rsa:4096"),
        Kind(name: "RSA-PSS", key: "rsa-pss -pkeyopt rsa_keygen_bits:2048"),
        Kind(name: "ECDSA, P-256"),
        Kind(name: "ECDSA, P-384", key: "ec -pkeyopt ec_paramgen_curve:P-384"),
        Kind(name: "ECDSA, P-521", key: "ec -pkeyopt ec_paramgen_curve:P-521"),
        Kind(name: "Ed25519", key: "ed25519"),
        Kind(name: "Ed448", key: "ed448"),
        Kind(name: "TLS 1.3, X25519", options: "-tls1_3 -groups X25519"),
        Kind(name: "TLS 1.3, X448", options: "-tls1_3 -groups X448"),
        Kind(name: "TLS 1.3, P-256", options: "-tls1_3 -groups P-256"),
        Kind(name: "TLS 1.3, P-384", options: "-tls1_3 -groups P-384"),
        Kind(name: "TLS 1.3, P-521", options: "-tls1_3 -groups P-521"),
        Kind(name: "TLS 1.3, ffdhe2048", options: "-tls1_3 -groups ffdhe2048"),
        Kind(name: "TLS 1.3, ChaCha20", options: "-tls1_3 -ciphersuites TLS_CHACHA20_POLY1305_SHA256"),
        Kind(name: "TLS 1.2, GCM", key: "rsa:2048", options: "-tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384"),
        Kind(name: "TLS 1.2, ChaCha20", options: "-tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305"),
        Kind(name: "TLS 1.2, CBC with SHA-256", key: "rsa:2048", options: "-tls1_2 -cipher ECDHE-RSA-AES128-SHA256"),
        Kind(name: "TLS 1.2, CBC with SHA-1", key: "rsa:2048", options: "-tls1_2 -cipher ECDHE-RSA-AES128-SHA"),
        Kind(name: "TLS 1.2, RSA key exchange", key: "rsa:2048", options: "-tls1_2 -cipher AES128-GCM-SHA256"),
        Kind(name: "TLS 1.2, DHE", key: "rsa:2048", options: "-tls1_2 -cipher DHE-RSA-AES256-GCM-SHA384"),
    ]

    @Test("Servers of these kinds are reached", arguments: reached)
    func isReached(kind: Kind) throws {
        try TLSServer.serving("IP:127.0.0.1", key: kind.key, options: kind.options) { server in
            var curl = try CurlHandle()
            let response = try curl.perform(.plain(.get, server.url, trust: .file(server.certificatePath)))
            #expect(response.status == 200)
        }
    }

    static let refused = [
        Kind(name: "TLS 1.1", key: "rsa:2048", options: "-tls1_1 -cipher DEFAULT@SECLEVEL=0"),
        Kind(name: "RSA, 1024 bits", key: "rsa:1024", options: "-cipher DEFAULT@SECLEVEL=0"),
        Kind(name: "No encryption", key: "rsa:2048", options: "-tls1_2 -cipher NULL-SHA256:@SECLEVEL=0"),
    ]

    @Test("Servers that only speak what is broken are refused: tlsFailed", arguments: refused)
    func isRefused(kind: Kind) throws {
        try TLSServer.serving("IP:127.0.0.1", key: kind.key, options: kind.options) { server in
            var curl = try CurlHandle()
            let failure = curl.failure(.plain(.get, server.url, trust: .file(server.certificatePath)))
            #expect(failure?.code == .tlsFailed)
        }
    }
}
