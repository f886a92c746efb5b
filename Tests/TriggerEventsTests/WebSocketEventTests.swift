import Foundation
import Testing
import TriggerEvents

@Suite("An event of a WebSocket API")
struct WebSocketEventTests {
    private func event(_ json: String) throws -> WebSocketEvent {
        try JSONDecoder().decode(WebSocketEvent.self, from: Data(json.utf8))
    }

    @Test("A client connects: headers, address and time")
    func connect() throws {
        let event: WebSocketEvent = try Fixture.event("apigw-websocket-request-connect")
        #expect(event.kind == .connect)
        #expect(event.connectionID == "Fc2tgfl3mjQCJfA=")
        #expect(event.routeKey == "$connect")
        #expect(event.headers["host"] == "p62c47itsb.execute-api.eu-west-1.amazonaws.com")
        #expect(event.headers.values(of: "x-forwarded-port") == ["443"])
        #expect(event.sourceIP == "203.0.113.1")
        #expect(event.domainName == "p62c47itsb.execute-api.eu-west-1.amazonaws.com")
        #expect(event.stage == "dev")
        #expect(event.apiID == "p62c47itsb")
        #expect(abs((event.connectedAt?.timeIntervalSince1970 ?? 0) - 1_631_284_003.07) < 0.001)
        #expect(event.body.isEmpty)
    }

    @Test("A client connects: the query and the authorizer's caller, in the form of REST APIs")
    func connectWithMethod() throws {
        let event: WebSocketEvent = try Fixture.event("apigw-websocket-request")
        #expect(event.kind == .connect)
        #expect(event.query["name"] == "me")
        #expect(event.caller?.id == "admin")
        #expect(event.messageID == nil)
    }

    @Test("A message has a body, and no method and no headers")
    func message() throws {
        let recorded: WebSocketEvent = try Fixture.event("apigw-websocket-request-send-message")
        #expect(recorded.kind == .message)
        #expect(recorded.messageID == "R1knPc2ntjMCFIA=")
        #expect(try recorded.decode([String: Int].self) == ["a": 1])
        let event: WebSocketEvent = try Fixture.event("websocket-message")
        #expect(event.routeKey == "ask")
        #expect(event.text == #"{"action":"ask","session_id":"s-1"}"#)
        #expect(event.headers.items.isEmpty && event.query.items.isEmpty)
    }

    @Test("A message in base64 is decoded to its bytes")
    func bytes() throws {
        let event = try event(
            #"{"requestContext": {"connectionId": "c", "eventType": "MESSAGE"}, "body": "/wA=", "isBase64Encoded": true}"#
        )
        #expect(event.body == [0xFF, 0x00])
        #expect(event.text == nil)
    }

    @Test("A connection that has ended says why")
    func disconnect() throws {
        let event = try event(
            """
            {"requestContext": {"routeKey": "$disconnect", "eventType": "DISCONNECT", "connectionId": "c",
             "disconnectStatusCode": 1001, "disconnectReason": "Going away"}, "isBase64Encoded": false}
            """
        )
        #expect(event.kind == .disconnect)
        #expect(event.disconnectStatus == 1_001)
        #expect(event.disconnectReason == "Going away")
    }

    @Test(
        "Without an event type, the route tells the kind",
        arguments: [("$connect", WebSocketEvent.Kind.connect), ("$disconnect", .disconnect), ("ask", .message)]
    )
    func kinds(route: String, kind: WebSocketEvent.Kind) throws {
        let event = try event(#"{"requestContext": {"connectionId": "c", "routeKey": "\#(route)"}}"#)
        #expect(event.kind == kind)
    }

    @Test("What is no event of a connection is an error that names the place")
    func noConnection() {
        let error = #expect(throws: DecodingError.self) { try event(#"{"requestContext": {}}"#) }
        #expect(error?.path == "requestContext.connectionId")
    }

    @Test("The reply has a status and a message")
    func reply() throws {
        let event: WebSocketEvent = try Fixture.event("websocket-message")
        let text = try ReadReply(event.reply(text: "hi"))
        #expect(text.statusCode == 200 && text.body == "hi" && text.headers == [:])
        #expect(text.multiValueHeaders == nil && text.cookies == nil && text.statusDescription == nil)
        let json = try ReadReply(event.reply(status: 403, json: ["a": 1]))
        #expect(json.statusCode == 403 && json.body == #"{"a":1}"#)
        let connect = try ReadReply(event.reply(headers: ["Sec-WebSocket-Protocol": "chat"]))
        #expect(connect.headers == ["Sec-WebSocket-Protocol": "chat"])
    }
}
