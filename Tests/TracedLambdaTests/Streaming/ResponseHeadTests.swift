import Foundation
import Testing
import TriggerEvents

@testable import TracedLambda

@Suite("The prelude of a streamed answer")
struct ResponseHeadTests {
    private struct Prelude: Decodable, Equatable {
        let statusCode: Int
        let headers: [String: String]
        let cookies: [String]
    }

    static let heads = [
        ResponseHead(),
        ResponseHead(status: 100),
        ResponseHead(status: 599, headers: ["Content-Type": "text/html; charset=utf-8"], cookies: []),
        ResponseHead(
            status: 302,
            headers: ["Location": "/a?b=\"c\"", "X-Tab": "a\tb"],
            cookies: ["a=1; Secure", "b=ü"]
        ),
        ResponseHead(headers: ["X-Odd": "\u{FFFD}\u{1F600}\\ "]),
        ResponseHead(headers: ["X-Empty": ""], cookies: [""]),
    ]

    @Test("It is JSON, then eight NULs, of which the JSON holds none", arguments: heads)
    func prelude(_ head: ResponseHead) throws {
        let bytes = try head.prelude()
        let end = try #require(bytes.firstIndex(of: 0))
        #expect(Array(bytes[end...]) == [UInt8](repeating: 0, count: 8))
        let json = try JSONDecoder().decode(Prelude.self, from: Data(bytes[..<end]))
        #expect(json == Prelude(statusCode: head.status, headers: head.headers, cookies: head.cookies))
    }

    @Test("The same head is the same bytes, whatever its headers' order")
    func stable() throws {
        let names = (0..<30).map { "X-\($0)" }
        let heads = (0..<5).map { _ in
            ResponseHead(headers: Dictionary(uniqueKeysWithValues: names.shuffled().map { ($0, "v") }))
        }
        #expect(Set(try heads.map { try $0.prelude() }).count == 1)
    }

    @Test(
        "A line break or another control character is refused",
        arguments: ["a\r\nX: 1", "a\nb", "a\rb", "a\0b", "\u{1B}", "a\u{7F}b"]
    )
    func controls(_ text: String) {
        for head in [
            ResponseHead(headers: ["X": text]), ResponseHead(headers: [text: "1"]), ResponseHead(cookies: [text]),
        ] {
            #expect(throws: ResponseStreamError.self) { try head.prelude() }
        }
    }

    @Test(
        "What a reply refuses is refused here, too: a name that is no token, a control character, a status out of range",
        arguments: [
            ResponseHead(headers: ["": "v"]), ResponseHead(headers: ["a b": "v"]), ResponseHead(headers: ["a:": "v"]),
            ResponseHead(headers: ["é": "v"]), ResponseHead(headers: ["X": "\u{7F}"]),
            ResponseHead(cookies: ["\u{7F}"]),
            ResponseHead(status: 99), ResponseHead(status: 600),
        ]
    )
    func sameAsReply(_ head: ResponseHead) throws {
        let error = #expect(throws: ResponseStreamError.self) { try head.prelude() }
        #expect(error?.code == .invalidHead)
        var headers: NamedValues = [:]
        for (name, value) in head.headers { headers.append(name: name, value: value) }
        let event = #"{"requestContext":{},"httpMethod":"GET","path":"/"}"#
        let request = try JSONDecoder().decode(HTTPRequestEvent.self, from: Data(event.utf8))
        #expect(throws: HTTPReplyError.self) {
            try HTTPReply(status: head.status, headers: headers, cookies: head.cookies, for: request)
        }
    }

    @Test("The error does not show what was refused")
    func silent() {
        let error = #expect(throws: ResponseStreamError.self) {
            try ResponseHead(headers: ["X": "secret\n"]).prelude()
        }
        #expect(error?.code == .invalidHead)
        #expect(error?.description.contains("secret") == false)
    }

    @Test("What is no HTTP status is refused", arguments: [-1, 0, 99, 600, Int.max, Int.min])
    func status(_ status: Int) {
        #expect(throws: ResponseStreamError.self) { try ResponseHead(status: status).prelude() }
    }
}
