import CurlTransport
import Foundation
import ScriptedServer
import Testing

@Suite("Trust in a TLS peer")
struct TLSTests {
    @Test("A certificate of an unknown authority: tlsFailed")
    func untrusted() throws {
        try TLSServer.serving("IP:127.0.0.1") { server in
            var curl = try CurlHandle()
            #expect(curl.failure(.plain(.get, server.url))?.code == .tlsFailed)
        }
    }

    @Test("A certificate that a file or a hashed directory vouches for is trusted")
    func trusted() throws {
        try TLSServer.serving("IP:127.0.0.1") { server in
            let trusts = [TLSTrust.file(server.certificatePath), .hashedDirectory(server.hashedDirectoryPath)]
            for trust in trusts {
                var curl = try CurlHandle()
                let response = try curl.perform(.plain(.get, server.url, trust: trust))
                #expect(response.status == 200)
                #expect(!response.body.isEmpty)
            }
        }
    }

    @Test("Trust in an authority does not stretch to a certificate for another host: tlsFailed")
    func wrongHostName() throws {
        try TLSServer.serving("DNS:elsewhere.invalid") { server in
            let trusts = [TLSTrust.file(server.certificatePath), .hashedDirectory(server.hashedDirectoryPath)]
            for trust in trusts {
                var curl = try CurlHandle()
                #expect(curl.failure(.plain(.get, server.url, trust: trust))?.code == .tlsFailed)
            }
        }
    }

    @Test("Trust in one authority is no trust in another: tlsFailed")
    func otherAuthority() throws {
        try TLSServer.serving("IP:127.0.0.1") { server in
            try TLSServer.serving("IP:127.0.0.1") { other in
                var curl = try CurlHandle()
                let request = HTTPRequest.plain(.get, server.url, trust: .file(other.certificatePath))
                #expect(curl.failure(request)?.code == .tlsFailed)
            }
        }
    }

    @Test("A certificate file that cannot be read, or holds none: tlsFailed")
    func badCertificateFile() throws {
        try TLSServer.serving("IP:127.0.0.1") { server in
            for path in ["/nowhere/ca.pem", "/dev/null", #filePath] {
                var curl = try CurlHandle()
                #expect(curl.failure(.plain(.get, server.url, trust: .file(path)))?.code == .tlsFailed, "\(path)")
            }
        }
    }

    @Test("A peer that speaks no TLS: tlsFailed")
    func plainTextPeer() throws {
        let refusal = Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)
        try ScriptedServer.serving([.onConnect(.send(refusal), .silence)]) { server in
            var curl = try CurlHandle()
            let url = server.url().replacing("http:", with: "https:")
            #expect(curl.failure(.plain(.get, url))?.code == .tlsFailed)
            #expect(server.requests.isEmpty)
        }
    }
}
