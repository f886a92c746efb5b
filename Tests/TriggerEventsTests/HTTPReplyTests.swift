import Foundation
import Testing
import TriggerEvents

@Suite("The reply to an HTTP request")
struct HTTPReplyTests {
    private func reply(to name: String, cookies: [String] = ["a=1", "b=2"]) throws -> ReadReply {
        let request: HTTPRequestEvent = try Fixture.event(name)
        return try ReadReply(
            request.reply(status: 201, text: "hi", headers: ["Vary": "a", "vary": "b"], cookies: cookies)
        )
    }

    private static let type = "text/plain; charset=utf-8"

    @Test("Version 2: headers joined by commas, cookies in a list of their own")
    func versionTwo() throws {
        let reply = try reply(to: "apigw-v2-request-no-authorizer")
        #expect(reply.headers == ["Vary": "a,b", "Content-Type": Self.type])
        #expect(reply.cookies == ["a=1", "b=2"])
        #expect(reply.multiValueHeaders == nil && reply.statusDescription == nil)
        #expect(reply.statusCode == 201 && reply.body == "hi" && !reply.isBase64Encoded)
    }

    @Test("Version 1: multi-value headers, Set-Cookie among them")
    func versionOne() throws {
        let reply = try reply(to: "apigw-request")
        let vary = ["a", "b"], cookies = ["a=1", "b=2"]
        #expect(reply.multiValueHeaders == ["Vary": vary, "Content-Type": [Self.type], "set-cookie": cookies])
        #expect(reply.headers == nil && reply.cookies == nil)
    }

    @Test("A load balancer with multi-value headers gets those, and a status description")
    func multipleValues() throws {
        let reply = try reply(to: "alb-lambda-target-request-multivalue-headers")
        #expect(reply.multiValueHeaders?["set-cookie"] == ["a=1", "b=2"])
        #expect(reply.statusDescription == "201 Created")
        #expect(reply.headers == nil)
    }

    @Test("A load balancer without them gets single values, and cannot take two cookies")
    func singleValues() throws {
        let name = "alb-lambda-target-request-headers-only"
        let reply = try reply(to: name, cookies: ["a=1"])
        #expect(reply.headers == ["Vary": "a,b", "Content-Type": Self.type, "set-cookie": "a=1"])
        #expect(reply.multiValueHeaders == nil)
        let error = #expect(throws: HTTPReplyError.self) { try self.reply(to: name) }
        #expect(error?.code == .tooManyCookies)
    }

    @Test("A Set-Cookie among the headers is a cookie", arguments: ["Set-Cookie", "set-cookie"])
    func setCookie(name: String) throws {
        let request: HTTPRequestEvent = try Fixture.event("apigw-v2-request-no-authorizer")
        var headers: NamedValues = [:]
        headers.append(name: name, value: "a=1")
        let reply = try ReadReply(HTTPReply(headers: headers, cookies: ["b=2"], for: request))
        #expect(reply.cookies == ["a=1", "b=2"])
        #expect(reply.headers == [:])
    }

    @Test("Bytes that are not text go as base64, from every source", arguments: HTTPRequestEventTests.names)
    func bytes(name: String) throws {
        let request: HTTPRequestEvent = try Fixture.event(name)
        let reply = try ReadReply(HTTPReply(body: [0xFF, 0x00], for: request))
        #expect(reply.isBase64Encoded)
        #expect(reply.body == "/wA=")
    }

    @Test("JSON has its type, unless another is given")
    func json() throws {
        let request: HTTPRequestEvent = try Fixture.event("apigw-v2-request-no-authorizer")
        let reply = try ReadReply(request.reply(json: ["a": 1]))
        #expect(reply.headers == ["Content-Type": "application/json"])
        #expect(reply.body == #"{"a":1}"#)
        let other = try ReadReply(request.reply(json: [1], headers: ["content-type": "application/x+json"]))
        #expect(other.headers == ["content-type": "application/x+json"])
    }

    @Test(
        "A status without a phrase of its own has its class's",
        arguments: [(418, "418 Bad Request"), (199, "199 Other")]
    )
    func phrases(status: Int, line: String) throws {
        let request: HTTPRequestEvent = try Fixture.event("alb-lambda-target-request-headers-only")
        #expect(try ReadReply(HTTPReply(status: status, for: request)).statusDescription == line)
    }

    @Test(
        "A header or a cookie that would begin another one is refused, and its value is not told",
        arguments: ["x\r\nSet-Cookie: secret", "secret\n", "\rsecret", "secret\0", "secret\u{7F}"]
    )
    func lineBreaks(value: String) throws {
        let request: HTTPRequestEvent = try Fixture.event("apigw-v2-request-no-authorizer")
        var headers: NamedValues = [:]
        headers.append(name: "X-Name", value: value)
        let header = #expect(throws: HTTPReplyError.self) { try HTTPReply(headers: headers, for: request) }
        #expect(header?.code == .invalidHeaderValue)
        #expect(header?.description.contains("X-Name") == true)
        #expect(header?.description.contains("secret") == false)
        let cookie = #expect(throws: HTTPReplyError.self) { try HTTPReply(cookies: [value], for: request) }
        #expect(cookie?.code == .invalidCookie)
    }

    @Test("A name that is no token is refused", arguments: ["", "a b", "a:", "a\r\nb", "a\u{7F}", "é"])
    func names(name: String) throws {
        let request: HTTPRequestEvent = try Fixture.event("apigw-request")
        var headers: NamedValues = [:]
        headers.append(name: name, value: "v")
        let error = #expect(throws: HTTPReplyError.self) { try HTTPReply(headers: headers, for: request) }
        #expect(error?.code == .invalidHeaderName)
    }

    @Test("A status that HTTP does not have is refused", arguments: [0, 99, 600, -1])
    func statuses(status: Int) throws {
        let request: HTTPRequestEvent = try Fixture.event("apigw-request")
        let error = #expect(throws: HTTPReplyError.self) { try HTTPReply(status: status, for: request) }
        #expect(error?.code == .invalidStatus)
    }
}
