import FoundationEssentials
import Testing

@testable import LocalLambda
@testable import OTLP

@Suite("Events of gateways")
struct GatewayEventTests {
    private static let metadata = EventMetadata(date: Date(timeIntervalSince1970: 1_584_039_838.5), id: "the-id")

    private static func call(
        _ path: String = "/",
        query: String = "",
        headers: [HTTPCall.Header] = [],
        body: [UInt8]? = nil
    ) -> HTTPCall {
        HTTPCall(method: "POST", path: path, query: query, headers: headers, body: body)
    }

    private static func members(_ event: JSONValue) throws -> JSONObject { try #require(event.object) }

    @Test("version 2 joins what is there twice, and takes the cookies out")
    func version2() throws {
        let call = Self.call(
            "/a%20b",
            query: "x=1&x=%32&flag&y=a+b",
            headers: [.init("X-Two", "1"), .init("x-two", "2"), .init("Cookie", "k=v; l=w")]
        )
        let event = try Self.members(GatewayEvents.version2(call, host: "name.localhost:1", Self.metadata))

        #expect(event["version"] == "2.0")
        #expect(event["rawPath"] == "/a b")
        #expect(event["rawQueryString"] == "x=1&x=%32&flag&y=a+b")
        #expect(event["queryStringParameters"] == ["x": "1,2", "flag": "", "y": "a b"])
        #expect(event["headers"] == ["x-two": "1,2"])
        #expect(event["cookies"] == ["k=v", "l=w"])
        #expect(event["body"] == nil)
        let context = try #require(event["requestContext"]?.object)
        #expect(context["domainPrefix"] == "name")
        #expect(context["time"] == "12/Mar/2020:19:03:58 +0000")
        #expect(context["timeEpoch"] == 1_584_039_838_500)
        #expect(context["requestId"] == "the-id")
    }

    @Test("version 1 and the load balancer's name what they are known by")
    func others() throws {
        let call = Self.call(
            "/p",
            query: "x=1&x=2",
            headers: [.init("a", "1"), .init("a", "2")],
            body: Array("t".utf8)
        )
        let rest = try Self.members(GatewayEvents.version1(call, Self.metadata))
        #expect(rest["httpMethod"] == "POST")
        #expect(rest["multiValueHeaders"] == ["a": ["1", "2"]])
        #expect(rest["multiValueQueryStringParameters"] == ["x": ["1", "2"]])
        #expect(rest["body"] == "t")

        let balancer = try Self.members(GatewayEvents.loadBalancer(call))
        #expect(balancer["requestContext"]?.object?["elb"] != nil)
        #expect(balancer["queryStringParameters"] == ["x": "2"])
    }

    @Test(
        "a body is text where that is so, and base64 else",
        arguments: [
            ("application/json; charset=utf-8", Array("{}".utf8), "{}", false),
            ("application/problem+json", Array("{}".utf8), "{}", false), ("TEXT/html", Array("ä".utf8), "ä", false),
            ("image/png", Array("{}".utf8), "e30=", true), ("text/plain", [0xFF], "/w==", true),
        ]
    )
    func bodies(_ type: String, _ bytes: [UInt8], _ text: String, _ isBase64: Bool) throws {
        let call = Self.call(headers: [.init("content-type", type)], body: bytes)
        let event = try Self.members(GatewayEvents.version2(call, host: "h", Self.metadata))
        #expect(event["body"] == .string(text))
        #expect(event["isBase64Encoded"] == .bool(isBase64))
    }
}
