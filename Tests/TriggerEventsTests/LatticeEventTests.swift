import Foundation
import Testing
import TriggerEvents

@Suite("A request of VPC Lattice")
struct LatticeEventTests {
    @Test("Version 1: names of its own, and no context")
    func versionOne() throws {
        let request: HTTPRequestEvent = try Fixture.event("vpc-lattice-event")
        #expect(request.source == .lattice)
        #expect(request.method == "GET")
        #expect(request.path == "/testpath")
        #expect(request.headers["header2"] == "value1,value2")
        #expect(request.query["order-id"] == "1")
        #expect(request.rawQuery == "order-id=1")
        #expect(request.text == #"{"test": "event"}"#)
        #expect(request.sourceIP == "10.213.229.10")
        #expect(request.caller == nil && request.stage == nil && request.route == nil)
    }

    @Test("Version 2: lists of values, and a context")
    func versionTwo() throws {
        let request: HTTPRequestEvent = try Fixture.event("lattice-v2")
        #expect(request.source == .lattice)
        #expect(request.method == "POST")
        #expect(request.path == "/p")
        #expect(request.headers["X-Session-ID"] == "s-15")
        #expect(request.query["a"] == "1")
        #expect(request.text == #"{"session_id":"s-15"}"#)
    }

    @Test("A query in the path is the query", arguments: [("vpc-lattice-event", "raw_path"), ("lattice-v2", "path")])
    func queryInPath(name: String, key: String) throws {
        let request: HTTPRequestEvent = try Fixture.event(
            name,
            with: [key: "/a?b=%26", "query_string_parameters": nil, "queryStringParameters": nil]
        )
        #expect(request.path == "/a" && request.rawQuery == "b=%26" && request.query["b"] == "&")
    }

    @Test("Version 2: the caller that the service verified")
    func caller() throws {
        let identity = ["type": "AWS_IAM", "principal": "arn:aws:sts::123456789012:assumed-role/r/s"]
        let request: HTTPRequestEvent = try Fixture.event(
            "lattice-v2",
            with: ["requestContext": ["serviceNetworkArn": "a", "identity": identity] as [String: Any]]
        )
        #expect(request.caller?.method == .iam)
        #expect(request.caller?.id == identity["principal"])
    }

    @Test("The reply has single values and a status description", arguments: ["vpc-lattice-event", "lattice-v2"])
    func reply(name: String) throws {
        let request: HTTPRequestEvent = try Fixture.event(name)
        let reply = try ReadReply(request.reply(status: 201, text: "hi", cookies: ["a=1"]))
        #expect(reply.statusCode == 201 && reply.body == "hi" && !reply.isBase64Encoded)
        #expect(reply.statusDescription == "201 Created")
        #expect(reply.headers == ["Content-Type": "text/plain; charset=utf-8", "set-cookie": "a=1"])
        #expect(reply.multiValueHeaders == nil && reply.cookies == nil)
        let error = #expect(throws: HTTPReplyError.self) { try request.reply(text: "", cookies: ["a=1", "b=2"]) }
        #expect(error?.code == .tooManyCookies)
    }
}
