import CurlTransport
import Testing

@testable import TracedLambda

@Suite("What /next says of an invocation")
struct InvocationTests {
    private static let full: [(String, String)] = [
        ("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"),
        ("Lambda-Runtime-Deadline-Ms", "1542409706888"),
        ("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-2:123456789012:function:f"),
        ("Lambda-Runtime-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1"),
        ("Lambda-Runtime-Client-Context", #"{"custom":{"name":"Žofie 🌍"}}"#),
        ("Lambda-Runtime-Cognito-Identity", #"{"cognitoIdentityId":"i"}"#),
        ("Lambda-Runtime-Aws-Tenant-Id", "tenant-1"),
        ("Lambda-Runtime-Invocation-Id", "invocation-1"),
    ]

    enum Case: CaseIterable {
        case asDocumented, lower, upper

        func apply(_ name: String) -> String {
            switch self {
            case .asDocumented: name
            case .lower: name.lowercased()
            case .upper: name.uppercased()
            }
        }
    }

    @Test("All headers are found, in any case of their names", arguments: Case.allCases)
    func headers(_ letterCase: Case) throws {
        let fields = Self.full.map { HTTPHeaders.Field(name: letterCase.apply($0.0), value: $0.1) }
        let response = HTTPResponse(status: 200, headers: HTTPHeaders(fields), body: [0x7B, 0x7D])
        let invocation = try #require(Invocation(response))
        #expect(invocation.ids.requestID == Self.full[0].1)
        #expect(invocation.deadline == Self.full[1].1)
        #expect(invocation.functionARN == Self.full[2].1)
        #expect(invocation.xrayTraceID == Self.full[3].1)
        #expect(invocation.clientContext == Self.full[4].1)
        #expect(invocation.cognitoIdentity == Self.full[5].1)
        #expect(invocation.tenantID == Self.full[6].1)
        #expect(invocation.ids.invocationID == Self.full[7].1)
        #expect(invocation.body == [0x7B, 0x7D])
    }

    @Test("The request id is enough; what is missing or empty is none", arguments: [true, false])
    func minimal(_ isEmpty: Bool) throws {
        var headers: HTTPHeaders = ["Lambda-Runtime-Aws-Request-Id": "id-1"]
        if isEmpty { for (name, _) in Self.full.dropFirst() { headers.append(name: name, value: "") } }
        let invocation = try #require(Invocation(HTTPResponse(status: 200, headers: headers)))
        #expect(invocation.ids.requestID == "id-1")
        #expect(invocation.deadline == nil)
        #expect(invocation.functionARN.isEmpty)
        #expect(invocation.xrayTraceID == nil)
        #expect(invocation.clientContext == nil)
        #expect(invocation.cognitoIdentity == nil)
        #expect(invocation.tenantID == nil)
        #expect(invocation.ids.invocationID == nil)
        #expect(invocation.body.isEmpty)
    }

    @Test("Without a request id there is no invocation")
    func noRequestID() {
        var headers = HTTPHeaders()
        for (name, value) in Self.full.dropFirst() { headers.append(name: name, value: value) }
        #expect(Invocation(HTTPResponse(status: 200, headers: headers)) == nil)
    }

    // The id becomes part of the URL of the post.
    @Test(
        "A request id that could lead a URL elsewhere is refused",
        arguments: [
            "", " ", ".", "..", "../init", "a/b", "/", "a\\b", "a?b", "a#b", "a%2Fb", "%2e%2e", "a b", "a@b", "a:b",
            "é", "a;b",
            "a\u{FFFD}", "a\u{0}", "a\r\nX: y", "a\n", String(repeating: "a", count: 257),
        ].map { Array($0.utf8) }
    )
    func hostileRequestID(_ bytes: [UInt8]) {
        let id = String(decoding: bytes, as: UTF8.self)
        let headers: HTTPHeaders = ["Lambda-Runtime-Aws-Request-Id": id]
        #expect(Invocation(HTTPResponse(status: 200, headers: headers)) == nil)
    }

    @Test(
        "A request id of letters, digits, dashes and underscores is taken as it is",
        arguments: ["8476a536-e9f4-11e8-9739-2dfe598c3fcd", "A_1-z", "0", String(repeating: "a", count: 256)]
    )
    func goodRequestID(_ id: String) throws {
        let headers: HTTPHeaders = ["Lambda-Runtime-Aws-Request-Id": id]
        #expect(Invocation(HTTPResponse(status: 200, headers: headers))?.ids.requestID == id)
    }
}
