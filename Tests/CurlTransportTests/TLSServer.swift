import Foundation
import ScriptedServer

/// `openssl s_server` with a temporary certificate: a TLS server independent of this project.
struct TLSServer {
    /// The port on 127.0.0.1.
    let port: Int
    /// The path of the certificate, which is its own authority.
    let certificatePath: String
    /// The path of a directory with the certificate under OpenSSL's hashed name.
    let hashedDirectoryPath: String

    var url: String { "https://127.0.0.1:\(port)/" }

    /// Runs a server during the body.
    ///
    /// - Parameters:
    ///   - name: The subject alternative name, such as `IP:127.0.0.1`.
    ///   - newKey: The certificate's key, as `openssl req -newkey` takes it.
    ///   - options: Further options of `openssl s_server`, separated by spaces.
    ///   - body: Receives the server, valid during the call.
    /// - Returns: The body's result.
    /// - Throws: ``OpenSSLFailed`` if `openssl` fails; the body's error.
    static func serving<Result>(
        _ name: String,
        key newKey: String = "ec -pkeyopt ec_paramgen_curve:P-256",
        options: String = "",
        _ body: (TLSServer) throws -> Result
    ) throws -> Result {
        let directory = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString)")
        let hashed = directory.appending(path: "hashed")
        try FileManager.default.createDirectory(at: hashed, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let key = directory.appending(path: "key.pem").path
        let certificate = hashed.appending(path: "certificate.pem").path
        try run(
            "req -x509 -newkey \(newKey) -nodes -days 2 -subj /CN=scripted"
                + " -addext subjectAltName=\(name) -keyout \(key) -out \(certificate)"
        )
        try run("rehash \(hashed.path)")
        var process = try openSSL("s_server -accept 127.0.0.1:0 -cert \(certificate) -key \(key) -www \(options)")
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

    /// Reads `ACCEPT 127.0.0.1:PORT`, which s_server prints when it listens.
    private static func announcedPort(of process: inout ChildProcess) throws -> Int {
        while let line = process.readLine() {
            if line.hasPrefix("ACCEPT"), let port = line.split(separator: ":").last.flatMap({ Int($0) }) { return port }
        }
        throw OpenSSLFailed(text: "s_server announced no port")
    }
}
