import Testing

@testable import LocalLambda

@Suite("Answers behind gateways")
struct GatewayReplyTests {
    private static func reply(_ json: String) -> GatewayReply { GatewayReply(output: Array(json.utf8)) }

    @Test("an object with a status says all of the answer")
    func whole() {
        let reply = Self.reply(
            #"{"statusCode": "201", "headers": {"X-A": 1, "Content-Length": "9"}, "multiValueHeaders": {"b": ["1", "2"]}, "#
                + #""cookies": ["c=1"], "body": "AP8=", "isBase64Encoded": true}"#
        )
        #expect(reply.status == 201)
        #expect(reply.body == [0, 255])
        #expect(reply.headers.map(\.name) == ["x-a", "b", "b", "set-cookie", "content-type"])
        #expect(reply.headers.map(\.value) == ["1", "1", "2", "c=1", "application/json"])
    }

    @Test(
        "anything else is the body",
        arguments: [(#""text""#, "text"), (#"{"a":1}"#, #"{"a":1}"#), ("[1]", "[1]"), ("", ""), ("no json", "no json")]
    )
    func bare(_ output: String, _ body: String) {
        let reply = Self.reply(output)
        #expect(reply.status == 200)
        #expect(reply.body == Array(body.utf8))
    }

    @Test(
        "what cannot be is a failure of the function",
        arguments: [
            #"{"statusCode": 99}"#, #"{"statusCode": 600}"#, #"{"statusCode": 18446744073709551616}"#,
            #"{"statusCode": null}"#, #"{"statusCode": 200, "body": "!", "isBase64Encoded": true}"#,
        ]
    )
    func malformed(_ output: String) {
        #expect(Self.reply(output) == .functionFailed)
    }

    @Test("a streamed answer's head is found wherever it is cut", arguments: 1...40)
    func prelude(size: Int) {
        let bytes = Array(#"{"statusCode":202}"#.utf8) + [UInt8](repeating: 0, count: 8) + Array("body".utf8)
        var prelude = ResponsePrelude()
        var rest: [UInt8]?
        for start in stride(from: 0, to: bytes.count, by: size) {
            let chunk = bytes[start..<min(start + size, bytes.count)]
            if rest != nil {
                rest? += chunk
            } else if case .complete(let reply, let begin) = prelude.receive(chunk) {
                #expect(reply.status == 202)
                rest = begin
            }
        }
        #expect(rest == Array("body".utf8))
    }

    @Test("a head that is none, or has no end, is malformed")
    func noPrelude() {
        var nonsense = ResponsePrelude()
        #expect(nonsense.receive(Array("nonsense".utf8) + [UInt8](repeating: 0, count: 8)) == .malformed)
        var endless = ResponsePrelude()
        #expect(endless.receive([UInt8](repeating: 1, count: ResponsePrelude.limitBytes)) == .incomplete)
        #expect(endless.receive([1]) == .malformed)
    }
}
