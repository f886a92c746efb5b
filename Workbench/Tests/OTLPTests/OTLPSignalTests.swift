import HTTPTypes
import NIOCore
import NIOPosix
import SwiftProtobuf
import Testing

@testable import OTLP

private typealias LogsRequest = Opentelemetry_Proto_Collector_Logs_V1_ExportLogsServiceRequest

@Suite("Logs, metrics and gRPC")
struct OTLPSignalTests {
    private static let json = """
        {"resourceLogs": [{"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]},
            "scopeLogs": [{"scope": {"name": "checkout"}, "logRecords": [
                {"timeUnixNano": "5", "severityNumber": 17, "body": {"stringValue": "no tea"}, "eventName": "e",
                    "attributes": [{"key": "item", "value": {"intValue": "3"}}],
                    "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "new": 1},
                {"observedTimeUnixNano": "7", "severityText": "Hm", "body": {"arrayValue": {"values": []}},
                    "traceId": "", "spanId": "b7ad6b7169203331"},
                {"severityNumber": 99, "eventName": "checkout.failed", "traceId": "00000000000000000000000000000000"}
            ]}]}]}
        """

    private func arrivals(_ signal: OTLPSignal, _ type: OTLPContentType, _ body: [UInt8]) throws -> [TraceArrival] {
        try OTLPRequest(signal: signal, contentType: type, contentEncoding: nil, body: body).arrivals()
    }

    private func logs(_ type: OTLPContentType, _ body: [UInt8]) throws -> [LogRecord] {
        try arrivals(.logs, type, body).flatMap { arrival in
            if case .logs(let logs) = arrival { logs } else { [LogRecord]() }
        }
    }

    @Test("log records are read in both encodings, and an invalid id counts as none")
    func records() throws {
        let read = try logs(.json, Array(Self.json.utf8))
        try #require(read.count == 3)
        #expect(read.map(\.timeNanoseconds) == [5, 7, 0])
        #expect(read.map(\.severity) == ["ERROR", "Hm", ""])
        #expect(read.map(\.message) == ["no tea", "[]", "checkout.failed"])
        #expect(read.map(\.isError) == [true, false, true])
        #expect(read.map { $0.traceID?.hex } == ["0af7651916cd43dd8448eb211c80319c", nil, nil])
        #expect(read.map { $0.spanID?.hex } == ["b7ad6b7169203331", nil, nil])
        #expect(read[0].service == "shop")
        #expect(read[0].attributes == [Attribute("item", .int(3))])
        var message = LogsRequest()
        message.resourceLogs = [
            .with {
                $0.scopeLogs = [
                    .with {
                        $0.logRecords = [
                            .with {
                                $0.timeUnixNano = 5
                                $0.severityNumber = .error
                                $0.body.stringValue = "no tea"
                                $0.traceID = .init(repeating: 1, count: 16)
                                $0.spanID = .init(repeating: 2, count: 8)
                            }
                        ]
                    }
                ]
            }
        ]
        let record = try #require(try logs(.protobuf, message.serializedBytes()).first)
        #expect(record.message == "no tea" && record.isError && record.service.isEmpty)
        #expect(record.traceID?.hex == String(repeating: "01", count: 16))
        #expect(record.spanID?.hex == String(repeating: "02", count: 8))
    }

    @Test("a record's stored form is read as the same record")
    func roundTrip() throws {
        for record in try logs(.json, Array(Self.json.utf8)) {
            #expect(try OTLPLogs.records(json: OTLPLogs.request(record).bytes) == [record])
        }
    }

    @Test("bodies that are no requests are refused, and none of them crashes")
    func malformed() throws {
        for signal in [OTLPSignal.logs, .metrics] {
            let bodies = [
                #"{"resourceLogs": 1, "resourceMetrics": 1}"#, "[]", "{",
                #"{"resourceMetrics": [1], "resourceLogs": [1]}"#,
            ]
            for body in bodies {
                #expect(throws: CollectorError.self) { try arrivals(signal, .json, Array(body.utf8)) }
            }
            #expect(throws: CollectorError.self) { try arrivals(signal, .protobuf, [0x0A, 0x05, 0x01]) }
            var random = SeededGenerator(seed: 3)
            for _ in 0..<2_000 {
                let count = Int.random(in: 0...60, using: &random)
                let body = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
                _ = try? arrivals(signal, .protobuf, body)
            }
        }
    }

    @Test("the data points of every kind of metric are counted, by service")
    func metrics() throws {
        func field(_ number: UInt8, _ value: [UInt8]) -> [UInt8] {
            [number << 3 | 2, UInt8(value.count & 127) | 128, UInt8(value.count >> 7)] + value
        }
        let name = Array("service.name".utf8)
        let resource = field(1, field(1, field(1, name) + field(2, field(1, Array("shop".utf8)))))
        let points = field(1, [0x19, 0, 0, 0, 0, 0, 0, 0, 0]) + field(1, [])
        let kinds = [5, 7, 9, 10, 11].map { (kind: UInt8) in field(2, field(1, Array("m".utf8)) + field(kind, points)) }
        let body = field(1, resource + field(2, kinds.flatMap(\.self))) + field(1, field(2, field(2, field(7, points))))
        guard case .metrics(let counts)? = try arrivals(.metrics, .protobuf, body).first else {
            Issue.record("no metrics")
            return
        }
        #expect(counts == ["shop": 10, "": 2])
        let json = """
            {"resourceMetrics": [{"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]},
                "scopeMetrics": [{"metrics": [{"name": "a", "sum": {"dataPoints": [{}, {}]}}, {"gauge": {"dataPoints": [{}]}},
                    {"exponentialHistogram": {"dataPoints": [{}]}}, {"summary": {}}]}]}, {}]}
            """
        guard case .metrics(let other)? = try arrivals(.metrics, .json, Array(json.utf8)).first else {
            Issue.record("no metrics")
            return
        }
        #expect(other == ["shop": 4, "": 0])
    }

    @Test(
        "a body of gRPC is one whole message",
        arguments: [
            ([], nil), ([0, 0, 0, 0], nil), ([0, 0, 0, 0, 0], []), ([0, 0, 0, 0, 2, 8, 9], [8, 9]),
            ([0, 0, 0, 0, 2, 8], nil), ([0, 0, 0, 0, 1, 8, 9], nil), ([2, 0, 0, 0, 0], nil),
            ([0, 255, 255, 255, 255, 1], nil),
        ] as [([UInt8], [UInt8]?)]
    )
    func frame(_ body: [UInt8], _ message: [UInt8]?) {
        #expect((try? GRPCRoutes.message(in: body).bytes) == message)
    }

    @Test("a connection of gRPC that nothing is sent on, or that stops within a request, ends", .timeLimit(.minutes(2)))
    func idleHTTP2() async throws {
        let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]
        for beginning in [[], Array(preface.prefix(5)), preface] {
            let router = GRPCRoutes(collector: CollectorRoutes(store: InMemoryTraceStore())).router
            let registry = ConnectionRegistry(timeouts: ConnectionTimeouts(idleSeconds: 1, bodySeconds: 1))
            try await LoopbackServer.withOptionalServer(
                router: router,
                registry: registry,
                version: .http2,
                port: 0,
                option: "--port"
            ) { port in
                let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                    .connect(host: "127.0.0.1", port: try port.get()).get()
                try await channel.writeAndFlush(ByteBuffer(bytes: beginning))
                // Returns when the server has closed the connection.
                try await channel.closeFuture.get()
            }
        }
    }
}
