import Foundation
import Testing
import TriggerEvents

@Suite("An HTTP request's event")
struct HTTPRequestEventTests {
    static let names = [
        "apigw-request", "apigw-v2-request-no-authorizer", "alb-lambda-target-request-headers-only",
        "alb-lambda-target-request-multivalue-headers",
    ]

    @Test(
        "The real envelopes say where they come from, and what is asked for",
        arguments: zip(
            HTTPRequestEventTests.names,
            [
                (HTTPRequestEvent.Source.restAPI, "POST", "/hello/world", "192.168.196.186"),
                (.httpAPI, "GET", "/", "1.2.3.4"),
                (.loadBalancer(multiValueHeaders: false), "GET", "/", "25.12.198.67"),
                (.loadBalancer(multiValueHeaders: true), "GET", "/", "72.21.198.67"),
            ]
        )
    )
    func envelopes(name: String, expected: (HTTPRequestEvent.Source, String, String, String)) throws {
        let request: HTTPRequestEvent = try Fixture.event(name)
        #expect(request.source == expected.0)
        #expect(request.method == expected.1)
        #expect(request.path == expected.2)
        #expect(request.sourceIP == expected.3)
        #expect(request.headers["ACCEPT"] == "*/*")
        #expect(request.headers["accept"] == "*/*")
        #expect(request.headers["absent"] == nil)
    }

    @Test("Version 1: body, route, stage, path parameters, query and the authorizer's context")
    func versionOne() throws {
        let request: HTTPRequestEvent = try Fixture.event("apigw-request")
        #expect(try request.decode([String: Int].self) == ["a": 1])
        #expect(request.route == "/{proxy+}")
        #expect(request.stage == "testStage")
        #expect(request.pathParameters == ["proxy": "hello/world"])
        #expect(request.query["name"] == "me")
        #expect(request.rawQuery == "name=me")
        #expect(request.caller?.method == .lambdaAuthorizer)
        #expect(request.caller?.id == "admin")
        #expect(request.caller?.claims["clientId"] == .int(1))
    }

    @Test("A function URL is told from an HTTP API by its domain")
    func functionURL() throws {
        let context: [String: Any] = [
            "domainName": "abc.lambda-url.eu-central-1.on.aws", "stage": "$default",
            "http": ["method": "GET", "path": "/", "sourceIp": "::1"],
        ]
        let request: HTTPRequestEvent = try Fixture.event(
            "apigw-v2-request-no-authorizer",
            with: ["requestContext": context]
        )
        #expect(request.source == .functionURL)
        #expect(request.caller == nil)
    }

    @Test("Version 2: the raw query is decoded in its order, and cookies have a place of their own")
    func versionTwo() throws {
        let request: HTTPRequestEvent = try Fixture.event(
            "apigw-v2-request-no-authorizer",
            with: ["rawQueryString": "b=2&a=x%20y+z&b=%C3%A9&flag&bad=%zz&e=a=b", "cookies": ["id=42", "t=a=b"]]
        )
        #expect(request.query.map(\.name) == ["b", "a", "b", "flag", "bad", "e"])
        #expect(request.query.map(\.value) == ["2", "x y z", "é", "", "%zz", "a=b"])
        #expect(request.query.values(of: "b") == ["2", "é"])
        #expect(request.query["B"] == nil)
        #expect(request.cookies["id"] == "42")
        #expect(request.cookies["t"] == "a=b")
    }

    @Test("A load balancer's query is decoded, API Gateway's is decoded already")
    func loadBalancerQuery() throws {
        let encoded = ["queryStringParameters": ["a%20b": "c%26d"]]
        let balancer: HTTPRequestEvent = try Fixture.event("alb-lambda-target-request-headers-only", with: encoded)
        #expect(balancer.query["a b"] == "c&d")
        #expect(balancer.rawQuery == "a%20b=c%26d")
        let gateway: HTTPRequestEvent = try Fixture.event(
            "apigw-request",
            with: ["queryStringParameters": nil, "multiValueQueryStringParameters": ["a": ["50%20off", "+"]]]
        )
        #expect(gateway.query.values(of: "a") == ["50%20off", "+"])
        #expect(gateway.rawQuery == "a=50%2520off&a=%2B")
    }

    @Test("Cookies come from the header where there is no list, and several values of a header are kept")
    func headerValues() throws {
        let request: HTTPRequestEvent = try Fixture.event(
            "alb-lambda-target-request-multivalue-headers",
            with: ["multiValueHeaders": ["Cookie": ["a=1; b=2", "c=3;broken"], "x": ["1", "2"]]]
        )
        #expect(request.cookies.map(\.name) == ["a", "b", "c"])
        #expect(request.headers.values(of: "X") == ["1", "2"])
        #expect(request.sourceIP == nil)
    }

    @Test("A body in base64 is decoded to its bytes")
    func base64() throws {
        let request: HTTPRequestEvent = try Fixture.event(
            "apigw-request",
            with: ["body": "/wA=", "isBase64Encoded": true]
        )
        #expect(request.body == [0xFF, 0x00])
        #expect(request.text == nil)
    }

    @Test(
        "What cannot be a request is an error that names the place",
        arguments: [
            (#"{"body": "*", "isBase64Encoded": true}"#, "body"), (#"{"httpMethod": null}"#, "httpMethod"),
            (#"{"headers": 5, "multiValueHeaders": null}"#, "headers"), (#"{"requestContext": []}"#, "requestContext"),
            (#"{"body": 5}"#, "body"),
        ]
    )
    func hostile(json: String, field: String) throws {
        let changes = try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        let error = #expect(throws: DecodingError.self) {
            let _: HTTPRequestEvent = try Fixture.event("apigw-request", with: changes.mapValues { $0 as Any? })
        }
        #expect(error?.path == field)
    }

    @Test(
        "The caller is told by each kind of authorizer",
        arguments: [
            (#"{"iam": {"userArn": "arn:user/a", "userId": "A"}}"#, CallerIdentity.Method.iam, "arn:user/a"),
            (#"{"jwt": {"claims": {"sub": "s"}, "scopes": ["read"]}}"#, .jwt, "s"),
            (#"{"jwt": {"claims": {"sub": "s"}, "scopes": null}}"#, .jwt, "s"),
            (#"{"lambda": {"principalId": "p", "deep": {"list": [1, 1.5, null, true]}}}"#, .lambdaAuthorizer, "p"),
            (#"{"claims": {"sub": "s"}}"#, .jwt, "s"),
        ]
    )
    func callers(authorizer: String, method: CallerIdentity.Method, id: String) throws {
        let context: [String: Any] = [
            "http": ["method": "GET", "path": "/"],
            "authorizer": try JSONSerialization.jsonObject(with: Data(authorizer.utf8)),
        ]
        let request: HTTPRequestEvent = try Fixture.event(
            "apigw-v2-request-no-authorizer",
            with: ["requestContext": context]
        )
        #expect(request.caller?.method == method)
        #expect(request.caller?.id == id)
    }
}

extension DecodingError {
    /// The path, such as `Records.0.body`.
    var path: String {
        switch self {
        case .keyNotFound(let key, let context): (context.codingPath + [key]).map(\.stringValue).joined(separator: ".")
        case .dataCorrupted(let context), .typeMismatch(_, let context), .valueNotFound(_, let context):
            context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        @unknown default: ""
        }
    }
}
