import FoundationEssentials
import TestSupport
import Testing

@testable import OTLP

@Suite("OTLP in all dialects")
struct OTLPDialectTests {
    private func spans(json: String) throws -> [TraceSpan] {
        try OTLPRequest(contentType: .json, contentEncoding: nil, body: Array(json.utf8)).spans()
    }

    private func json(span: String) -> String {
        #"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(span)]}]}]}"#
    }

    private let ids = #""traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"B7AD6B7169203331""#

    @Test("the standard dialect: enums as numbers, 64-bit numbers as strings")
    func standardDialect() throws {
        let body = """
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"s"}}]},
            "scopeSpans":[{"scope":{"name":"lib"},"spans":[{\(ids),"parentSpanId":"b7ad6b7169203332","name":"n","kind":2,
            "startTimeUnixNano":"18446744073709551615","endTimeUnixNano":7,"flags":257,"unknownMember":[1],
            "attributes":[{"key":"i","value":{"intValue":"-9223372036854775808"}},{"key":"n","value":{"intValue":5}},
            {"key":"b","value":{"boolValue":true}},{"key":"d","value":{"doubleValue":0.5}},
            {"key":"y","value":{"bytesValue":"AAE="}},{"key":"e","value":{}},{"key":"none"},
            {"key":"a","value":{"arrayValue":{"values":[{"stringValue":"x"},{}]}}},
            {"key":"m","value":{"kvlistValue":{"values":[{"key":"k","value":{"boolValue":false}}]}}}],
            "events":[{"timeUnixNano":"3","name":"ev","attributes":[]}],
            "links":[{"traceId":"0af7651916cd43dd8448eb211c80319d","spanId":"b7ad6b7169203339"},{"traceId":"","spanId":""}],
            "status":{"code":2,"message":"bad"}}]}]}]}
            """
        let span = try #require(try spans(json: body).first)
        #expect(span.traceID.hex == "0af7651916cd43dd8448eb211c80319c")
        #expect(span.spanID.hex == "b7ad6b7169203331")
        #expect(span.parentID?.hex == "b7ad6b7169203332")
        #expect(span.kind == .server)
        #expect(span.startNanoseconds == .max)
        #expect(span.endNanoseconds == 7)
        #expect(span.durationNanoseconds == 0)
        #expect(span.status == .error(message: "bad"))
        #expect(
            span.attributes == [
                Attribute("i", .int(.min)), Attribute("n", .int(5)), Attribute("b", .bool(true)),
                Attribute("d", .double(0.5)), Attribute("y", .bytes([0, 1])), Attribute("e", .empty),
                Attribute("none", .empty), Attribute("a", .array([.string("x"), .empty])),
                Attribute("m", .map([Attribute("k", .bool(false))])),
            ]
        )
        #expect(span.events == [.init(timeNanoseconds: 3, name: "ev", attributes: [])])
        #expect(span.links.map(\.spanID.hex) == ["b7ad6b7169203339"])
        #expect(span.resource == [Attribute("service.name", .string("s"))])
        #expect(span.scopeName == "lib")
    }

    @Test("HoneyHive's dialect, as its own client sends it: enum names, null for no parent")
    func honeyHiveDialect() throws {
        let body = try Fixture.bytes("honeyhive-1.7.0-json.json")
        let span = try #require(
            try OTLPRequest(contentType: .json, contentEncoding: nil, body: body).spans().first
        )
        #expect(span.name == "call_agent")
        #expect(span.kind == .internal)
        #expect(span.parentID == nil)
        #expect(span.status == .unset)
        #expect(span.sessionID == TestSpan.session)
        #expect(NormalSpan(span).kind == .tool)
        #expect(NormalSpan(span).error == "boom")
        #expect(NormalSpan(span).inputs?.object?["query"] == "hello")
        #expect(span.attributes["honeyhive_metadata.big"] == .int(1_152_921_504_606_846_976))
        #expect(span.attributes["honeyhive_metrics.nan"] == .string("nan"))
    }

    @Test("the same spans in Protobuf and in JSON decode to the same model")
    func protobufAndJSON() throws {
        let fixture = try #require(try Fixture.json("honeyhive-1.7.0-protobuf.json").object)
        let packed = try #require(fixture["base64"]?.string.flatMap { Data(base64Encoded: $0) })
        let json = try #require(fixture["body"]).bytes
        let fromProtobuf = try OTLPRequest(contentType: .protobuf, contentEncoding: nil, body: Array(packed)).spans()
        let fromJSON = try OTLPRequest(contentType: .json, contentEncoding: nil, body: json).spans()
        #expect(fromProtobuf == fromJSON)
        #expect(fromProtobuf.first?.attributes["l"] == .array([.string("a"), .string("b")]))
        #expect(fromProtobuf.first?.events.first?.name == "ev")
    }

    @Test(
        "enums are read by number and by name; an unknown one is the default",
        arguments: [
            ("1", TraceSpan.Kind.internal), ("\"SPAN_KIND_CONSUMER\"", .consumer), ("99", .unspecified),
            ("\"SPAN_KIND_LATER\"", .unspecified),
            ("-1", .unspecified), ("null", .unspecified), ("9223372036854775807", .unspecified),
        ]
    )
    func kinds(_ wire: String, _ expected: TraceSpan.Kind) throws {
        #expect(try spans(json: json(span: #"{\#(ids),"kind":\#(wire)}"#)).first?.kind == expected)
    }

    @Test("no parent is missing, null, empty or zero", arguments: ["null", "\"\"", "\"0000000000000000\""])
    func noParent(_ wire: String) throws {
        #expect(try spans(json: json(span: #"{\#(ids),"parentSpanId":\#(wire)}"#)).first?.parentID == nil)
    }

    @Test(
        "a request that is wrong is refused whole, with the place of the fault",
        arguments: [
            (#"{"kind":1}"#, "no id"), (#"{"traceId":"zz","spanId":"b7ad6b7169203331"}"#, "no id"),
            (#"{"traceId":"00000000000000000000000000000000","spanId":"b7ad6b7169203331"}"#, "no id"),
        ]
    )
    func badIDs(_ span: String, _ reason: String) {
        let error = #expect(throws: CollectorError.self) { try spans(json: json(span: span)) }
        #expect(error?.code == .malformed)
        #expect(error?.reason.contains(reason) == true)
    }

    @Test(
        "a member of the wrong type is refused",
        arguments: [
            #""parentSpanId":"short""#, #""parentSpanId":"AAAAAAAAAAA=""#, #""parentSpanId":"zzzzzzzzzzzzzzzz""#,
            #""traceId":"CvdlGRbNQ92ESOshHIAxnA==""#, #""kind":1.5"#, #""startTimeUnixNano":"-1""#,
            #""startTimeUnixNano":1.5"#, #""name":7"#, #""attributes":{}"#,
            #""attributes":[{"key":"a","value":{"intValue":"x"}}]"#,
            #""attributes":[{"key":"a","value":{"bytesValue":"*"}}]"#, #""attributes":[{"key":"a","value":[]}]"#,
            #""status":{"code":{}}"#, #""events":[1]"#,
        ]
    )
    func wrongTypes(_ member: String) {
        let error = #expect(throws: CollectorError.self) { try spans(json: json(span: "{\(ids),\(member)}")) }
        #expect(error?.code == .malformed)
    }

    @Test(
        "a request that is written is read again, with ids in hexadecimal, enums as numbers and 64-bit integers as strings"
    )
    func roundTrip() throws {
        var span = try TestSpan.make(
            "a \u{202E} \u{7F}",
            id: 1,
            parent: 2,
            attributes: [
                Attribute("i", .int(.min)), Attribute("d", .double(-.infinity)), Attribute("y", .bytes([0, 255])),
                Attribute("e", .empty), Attribute("a", .array([.string("x"), .empty, .bool(true)])),
                Attribute("m", .map([Attribute("k", .double(0.5))])),
            ]
        )
        span.kind = .consumer
        span.status = .error(message: "bad")
        span.startNanoseconds = .max
        span.events = [.init(timeNanoseconds: 3, name: "ev", attributes: [Attribute("a", .int(1))])]
        span.links = [.init(traceID: span.traceID, spanID: span.spanID, attributes: [])]
        span.resource = [Attribute("service.name", .string("s"))]
        span.scopeName = "lib"
        var other = try TestSpan.make("other", id: 3)
        other.scopeName = "other"

        let request = try OTLPJSON.request([span, span, other])

        #expect(try OTLPJSON.spans(in: request.bytes) == [span, span, other])
        let groups = try #require(request.object?["resourceSpans"]?.array)
        let written = try #require(groups.first?.object?["scopeSpans"]?.array?.first?.object?["spans"]?.array)
        #expect(groups.count == 2)
        #expect(written.count == 2)
        #expect(written.first?.object?["traceId"]?.string == span.traceID.hex)
        #expect(written.first?.object?["parentSpanId"]?.string == span.parentID?.hex)
        #expect(written.first?.object?["kind"] == 5)
        #expect(written.first?.object?["startTimeUnixNano"] == "18446744073709551615")
    }

    @Test("a value that is nested as deep as the collector takes it is written, and read again")
    func deepest() throws {
        let value = String(repeating: #"{"kvlistValue":{"values":[{"key":"k","value":"#, count: 40)
        let body = json(
            span: #"{\#(ids),"attributes":[{"key":"a","value":\#(value){}\#(String(repeating: "}]}}", count: 40))}]}"#
        )
        let spans = try spans(json: body)
        #expect(try OTLPJSON.spans(in: try OTLPJSON.request(spans).bytes) == spans)
    }

    @Test("a body of no spans is none of our business to refuse", arguments: ["{}", "{\"resourceSpans\":null}"])
    func noSpans(_ body: String) throws {
        #expect(try spans(json: body).isEmpty)
        #expect(try OTLPRequest(contentType: .protobuf, contentEncoding: nil, body: []).spans().isEmpty)
    }
}
