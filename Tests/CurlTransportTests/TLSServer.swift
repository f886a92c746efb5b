import Foundation
import ScriptedServer

/// `openssl s_server` with a certificate made for the occasion: a TLS peer that is nobody's own code.
struct TLSServer {
    /// The port on 127.0.0.1.
    let port: Int
    /// The certificate, which is its own authority.
    let certificatePath: String
    /// A directory where the certificate has OpenSSL's hashed name.
    let hashedDirectoryPath: String

    var url: String { "https://127.0.0.1:\(port)/" }

    /// Runs a server while the body runs.
    ///
    /// - Parameters:
    ///   - name: The subject's alternative name, as `IP:127.0.0.1`.
    ///   - body: Gets the server, valid only for the duration of the call.
    /// - Returns: What the body returns.
    /// - Throws: ``OpenSSLFailed`` when `openssl` cannot do its part; what the body throws.
    static func serving<Result>(_ name: String, _ body: (TLSServer) throws -> Result) throws -> Result {
        let directory = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString)")
        let hashed = directory.appending(path: "hashed")
        try FileManager.default.createDirectory(at: hashed, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let key = directory.appending(path: "key.pem").path
        let certificate = hashed.appending(path: "certificate.pem").path
        try run(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=scripted"
                + " -addext subjectAltName=\(name) -keyout \(key) -out \(certificate)"
        )
        try run("rehash \(hashed.path)")
        var process = try openSSL("s_server -accept 127.0.0.1:0 -cert \(certificate) -key \(key) -www")
        let server = TLSServer(
            port: try announcedPort(of: &process),
            certificatePath: certificate,
            hashedDirectoryPath: hashed.path
        )
        return try body(server)
    }

    private struct OpenSSLFailed: Error {
        let text: String
    }

    // The arguments are separated by spaces.
    private static func openSSL(_ arguments: String) throws -> ChildProcess {
        try ChildProcess(["openssl"] + arguments.split(separator: " ").map(String.init))
    }

    private static func run(_ arguments: String) throws {
        var process = try openSSL(arguments)
        guard process.finish().code == 0 else { throw OpenSSLFailed(text: arguments) }
    }

    /// Reads `ACCEPT 127.0.0.1:PORT`, which tells that the server listens.
    private static func announcedPort(of process: inout ChildProcess) throws -> Int {
        while let line = process.readLine() {
            if line.hasPrefix("ACCEPT"), let port = line.split(separator: ":").last.flatMap({ Int($0) }) { return port }
        }
        throw OpenSSLFailed(text: "s_server announced no port")
    }
}
