import HTTPTypes
import Testing

@testable import OTLP

@Suite("What reaches a server on the loopback interface")
struct LoopbackOnlyTests {
    @Test(
        "a name of this machine is welcome, with any port",
        arguments: [
            "localhost", "localhost:9000", "LocalHost:1", "answer.localhost:9000", "a.b.localhost", "127.0.0.1:80",
            "[::1]", "[::1]:9000",
        ]
    )
    func welcome(_ authority: String) {
        #expect(LoopbackOnlyMiddleware.refusal(authority: authority, headers: [:]) == nil)
    }

    @Test(
        "every other name is turned down: it may have been made to lead here",
        arguments: [
            nil, "", "example.com", "localhost.example.com:80", "127.0.0.1.nip.io", "notlocalhost", "0.0.0.0:9000",
            "192.168.1.2", "[::2]:80", "[::1].example.com", "[::1", "localhost:80:80", "localhost:http",
            "a@localhost:x",
        ] as [String?]
    )
    func rebound(_ authority: String?) {
        #expect(LoopbackOnlyMiddleware.refusal(authority: authority, headers: [:]) != nil)
    }

    @Test(
        "an origin must be of this machine",
        arguments: [
            ("http://localhost:3000", true), ("https://answer.localhost", true), ("http://127.0.0.1:1", true),
            ("null", false), ("https://example.com", false), ("http://localhost.example.com", false),
            ("file://localhost", false), ("", false),
        ]
    )
    func origin(_ origin: String, _ isAccepted: Bool) {
        let refusal = LoopbackOnlyMiddleware.refusal(authority: "localhost:9000", headers: [.origin: origin])
        #expect((refusal == nil) == isAccepted)
    }

    @Test(
        "a function's page reaches its own function only",
        arguments: [
            ("http://a.localhost:9000", "a.localhost:9000", true), ("http://a.localhost:9000", "localhost:9000", false),
            ("http://a.localhost:9000", "127.0.0.1:9000", false),
            ("http://A.localhost:9000", "b.localhost:9000", false),
            ("http://a.localhost", "localhost", false), ("http://a.localhost:3000", "localhost:9000", true),
            ("http://localhost:9000", "a.localhost:9000", true), ("http://localhost:9000", "localhost:9000", true),
        ]
    )
    func functionPage(_ origin: String, _ host: String, _ isAccepted: Bool) {
        let refusal = LoopbackOnlyMiddleware.refusal(authority: host, headers: [.origin: origin])
        #expect((refusal == nil) == isAccepted)
    }

    @Test(
        "another site's image or script is turned down, its link is not",
        arguments: [
            ("cross-site", "no-cors", false), ("cross-site", "navigate", true), ("same-origin", "cors", true),
            ("none", "navigate", true),
        ]
    )
    func fetchMetadata(_ site: String, _ mode: String, _ isAccepted: Bool) throws {
        var headers = HTTPFields()
        headers[try #require(HTTPField.Name("Sec-Fetch-Site"))] = site
        headers[try #require(HTTPField.Name("Sec-Fetch-Mode"))] = mode
        #expect((LoopbackOnlyMiddleware.refusal(authority: "localhost", headers: headers) == nil) == isAccepted)
    }
}
