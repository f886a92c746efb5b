import FoundationEssentials
import SwiftProtobuf
import Testing

@testable import OTLP

@Suite("Hostile export requests")
struct OTLPHostileTests {
    private func protobuf() throws -> [UInt8] {
        let fixture = try Fixture.json("honeyhive-1.7.0-protobuf.json").object
        return Array(try #require(fixture?["base64"]?.string.flatMap { Data(base64Encoded: $0) }))
    }

    @Test("a body that is cut off anywhere is refused, or is a shorter request; nothing crashes")
    func truncated() throws {
        let packed = try protobuf()
        for length in packed.indices {
            let request = OTLPRequest(contentType: .protobuf, contentEncoding: nil, body: Array(packed[..<length]))
            _ = try? request.spans()
        }
        let json = try JSONValue(parsing: Fixture.bytes("honeyhive-1.7.0-json.json")).bytes
        for length in json.indices {
            let request = OTLPRequest(contentType: .json, contentEncoding: nil, body: Array(json[..<length]))
            #expect(throws: CollectorError.self) { try request.spans() }
        }
    }

    @Test("a body with changed bytes never crashes", arguments: [OTLPContentType.protobuf, .json])
    func mutated(_ type: OTLPContentType) throws {
        let whole = try type == .protobuf ? protobuf() : Fixture.bytes("honeyhive-1.7.0-json.json")
        var random = SeededGenerator(seed: 2)
        for _ in 0..<500 {
            var body = whole
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                body[Int.random(in: body.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = try? OTLPRequest(contentType: type, contentEncoding: nil, body: body).spans()
        }
    }

    @Test("values nested without end are refused in both encodings")
    func nested() throws {
        var value = Opentelemetry_Proto_Common_V1_AnyValue()
        for _ in 0..<300 {
            let inner = value
            value = .with { $0.arrayValue.values = [inner] }
        }
        let nested = value
        let message = Opentelemetry_Proto_Collector_Trace_V1_ExportTraceServiceRequest.with { request in
            request.resourceSpans = [.with { $0.resource.attributes = [.with { $0.value = nested }] }]
        }
        let body = try message.serializedBytes() as [UInt8]
        #expect(throws: CollectorError.self) {
            try OTLPRequest(contentType: .protobuf, contentEncoding: nil, body: body).spans()
        }
        let json = String(repeating: #"{"arrayValue":{"values":["#, count: 300)
        #expect(throws: CollectorError.self) {
            try OTLPRequest(contentType: .json, contentEncoding: nil, body: Array(json.utf8)).spans()
        }
    }

    @Test("a gzip body is unpacked, also in several members", arguments: [OTLPContentType.protobuf, .json])
    func gzip(_ type: OTLPContentType) throws {
        let body = try type == .protobuf ? protobuf() : Fixture.bytes("honeyhive-1.7.0-json.json")
        let plain = try OTLPRequest(contentType: type, contentEncoding: "identity", body: body).spans()
        let packed = try Gzip.packed(body)
        #expect(try OTLPRequest(contentType: type, contentEncoding: " GZIP ", body: packed).spans() == plain)
        let members = try Gzip.packed(Array(body[..<100])) + Gzip.packed(Array(body[100...]))
        #expect(try OTLPRequest(contentType: type, contentEncoding: "gzip", body: members).spans() == plain)
    }

    @Test("a gzip body that is cut off, or is none, is refused")
    func badGzip() throws {
        let packed = try Gzip.packed(try protobuf())
        for body in [Array(packed.dropLast()), Array(packed.prefix(5)), [], Array("{}".utf8), packed + [1, 2, 3]] {
            let request = OTLPRequest(contentType: .protobuf, contentEncoding: "gzip", body: body)
            let error = #expect(throws: CollectorError.self) { try request.spans() }
            #expect(error?.code == .malformed)
        }
    }

    @Test("a gzip bomb is refused at the limit")
    func gzipBomb() throws {
        let bomb = try Gzip.packed([UInt8](repeating: 0x20, count: OTLPRequest.unpackedBodyBytes + 1))
        #expect(bomb.count < 1_000_000)
        let request = OTLPRequest(contentType: .json, contentEncoding: "gzip", body: bomb)
        let error = #expect(throws: CollectorError.self) { try request.spans() }
        #expect(error?.code == .tooLarge)
    }

    @Test("types and encodings that the collector does not read are named in the refusal")
    func unsupported() throws {
        let error = #expect(throws: CollectorError.self) { try OTLPContentType(header: "text/html; charset=utf-8") }
        #expect(error?.reason.contains("text/html") == true)
        #expect(error?.code.statusCode == 415)
        #expect(throws: CollectorError.self) { try OTLPContentType(header: nil) }
        #expect(try OTLPContentType(header: "Application/JSON ; charset=utf-8") == .json)
        #expect(throws: CollectorError.self) {
            try OTLPRequest(contentType: .json, contentEncoding: "br", body: []).spans()
        }
    }

    @Test("a refusal is a google.rpc.Status in the request's encoding")
    func refusal() throws {
        let error = CollectorError(.malformed, "no \"id\"")
        let status = try Google_Rpc_Status(serializedBytes: OTLPAnswer.refused(error, .protobuf))
        #expect(status.message == error.reason)
        #expect(try JSONValue(parsing: OTLPAnswer.refused(error, .json)) == ["code": 3, "message": "no \"id\""])
        #expect(OTLPAnswer.accepted(.protobuf) == [])
        #expect(OTLPAnswer.accepted(.json) == Array("{}".utf8))
    }
}
