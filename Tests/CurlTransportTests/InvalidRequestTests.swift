import CurlTransport
import ScriptedServer
import Testing

@Suite("A request that must not be sent")
struct InvalidRequestTests {
    @Test(
        "A header value with a line break or control character: invalidRequest, nothing sent, the value not told",
        arguments: [[0x0D, 0x0A], [0x0A], [0x0D], [0x00], [0x01], [0x1B], [0x7F]] as [[UInt8]]
    )
    func headerValue(_ bytes: [UInt8]) throws {
        let bad = String(decoding: bytes, as: UTF8.self)
        for value in ["secret\(bad)X-Evil: 1", "\(bad)secret", "secret\(bad)"] {
            let error = try nothingSent { .plain(.get, $0.url(), headers: ["Authorization": value]) }
            #expect(error?.code == .invalidRequest)
            #expect(error?.description.contains("Authorization") == true)
            #expect(error?.description.contains("secret") == false)
        }
    }

    @Test(
        "A header name that is not a token: invalidRequest and nothing sent",
        arguments: ["", " ", ":", "\r\n", "\n", "\0", "ä", "(", "\t", "\u{7F}"].map { Array($0.utf8) }
    )
    func headerName(_ bytes: [UInt8]) throws {
        let bad = String(decoding: bytes, as: UTF8.self)
        for name in bad.isEmpty ? [""] : [bad, "a\(bad)b", "a\(bad)", "\(bad)b"] {
            let error = try nothingSent { .plain(.get, $0.url(), headers: [name: "secret"]) }
            #expect(error?.code == .invalidRequest)
            #expect(error?.description.contains("secret") == false)
        }
    }

    @Test("One bad header among good ones stops the whole request")
    func oneBadHeader() throws {
        let error = try nothingSent { .plain(.post, $0.url(), headers: ["A": "1", "B": "2\r\n3", "C": "4"]) }
        #expect(error?.code == .invalidRequest)
    }

    @Test(
        "A URL of another scheme, or none at all: invalidRequest",
        arguments: [
            "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "dict://127.0.0.1/", "smb://127.0.0.1/x",
            "telnet://127.0.0.1/", "://", "http://", "http://127.0.0.1:99999/", "http://127.0.0.1:x/", "http://[::1/",
        ]
    )
    func scheme(_ url: String) throws {
        try ScriptedServer.serving([.answer()]) { server in
            var curl = try CurlHandle()
            #expect(curl.failure(.plain(.get, url))?.code == .invalidRequest)
            // A successful exchange in between must not be attributed to this one.
            _ = try curl.perform(.plain(.get, server.url()))
            #expect(curl.failure(.plain(.get, url))?.code == .invalidRequest)
        }
    }

    @Test(
        "A URL with a line break, control character or space: invalidRequest and nothing sent",
        arguments: [[0x0D, 0x0A], [0x0A], [0x00], [0x01], [0x7F], [0x20]] as [[UInt8]]
    )
    func controlCharacterInURL(_ bytes: [UInt8]) throws {
        let bad = String(decoding: bytes, as: UTF8.self)
        for path in ["/a\(bad)b", "/\(bad)"] {
            let error = try nothingSent { .plain(.get, $0.url(path)) }
            #expect(error?.code == .invalidRequest)
        }
    }

    /// Returns the error of a request that must not open a connection to the server.
    private func nothingSent(_ request: (ScriptedServer) -> HTTPRequest) throws -> CurlError? {
        try ScriptedServer.serving([.answer()]) { server in
            var curl = try CurlHandle()
            let error = curl.failure(request(server))
            // A second exchange proves that the server would have recorded the first one.
            _ = try curl.perform(.plain(.get, server.url("/after")))
            #expect(server.requests.map(\.target) == ["/after"])
            #expect(server.connectionCount == 1)
            return error
        }
    }
}
