import CurlTransport
import Logging
import SessionTracing
import SpanExport
import Testing

@testable import TracedLambda

@Suite("The delivery of invocations that are kept by their outcome")
struct KeepDeliveryTests {
    private let settings: FunctionSettings
    private let environment: Environment
    private let delivery: SpanDelivery
    private let buffer: SpanBuffer
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    init() throws {
        environment = Environment([
            "AWS_LAMBDA_FUNCTION_NAME": "answer", "TRACED_LAMBDA_KEEP": "errors",
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1",
        ])
        settings = FunctionSettings(TracingConfiguration(), environment)
        var reader = SettingsReader(environment)
        let destination = try #require(
            try ExportDestination.resolve(&reader, overrides: ExportOverrides(), source: "test", version: "1")
        )
        delivery = SpanDelivery(
            exporters: try ExporterPool(
                encoder: SpanEncoder(format: destination.format, resource: AttributeList(), scopeVersion: "1"),
                workerCount: 1
            ) { HTTPSpanExporter(transport: try CurlHandle(), destination: destination, wait: { _ in }) },
            journals: nil,
            settings: settings
        )
        buffer = try #require(delivery.buffer)
    }

    private func begin(startsSession: Bool = false) throws -> ActiveInvocation {
        delivery.prepareInvocation()
        let headers: HTTPHeaders = [
            "Lambda-Runtime-Aws-Request-Id": "id-1", "Lambda-Runtime-Deadline-Ms": "9999999999999",
        ]
        let active = ActiveInvocation(
            try #require(Invocation(HTTPResponse(status: 200, headers: headers, body: Array("{}".utf8)))),
            function: FunctionIdentity(environment),
            resolver: SessionResolver(settings: settings),
            recorder: buffer,
            clock: .system,
            isColdStart: false,
            flushHandler: { FlushReport() }
        )
        delivery.begin(active, startsSession: startsSession)
        return active
    }

    private func takeText() -> String {
        var text = ""
        while let batch = buffer.takeBatch() { text += String(decoding: batch.bytes, as: UTF8.self) }
        return text
    }

    @Test("What a handler adds to the session is sent when the process is about to end, and once")
    func sessionUpdatesOfFailedTrace() throws {
        let active = try begin()
        active.context.tracer.enrichSession(metadata: ["tenant": "acme"])
        delivery.failTrace(of: active.context.tracer, type: "timeout", message: "late")
        let request = try #require(buffer.takeRequest(.enrich))
        #expect(String(decoding: request.body, as: UTF8.self).contains("acme"))
        delivery.endTrace(of: active)
        #expect(buffer.takeRequest(.enrich) == nil)
    }

    @Test("The report of an incomplete flush is on the first root span that is kept")
    func report() throws {
        delivery.log(FlushReport(deferredSpanCount: 3, deferralReason: "no answer"), logger: logger)
        for _ in 0..<2 { delivery.endTrace(of: try begin()) }
        #expect(buffer.isEmpty)
        let failed = try begin()
        failed.root.enrich(error: "x")
        delivery.endTrace(of: failed)
        #expect(takeText().contains("previous_flush"))
        let next = try begin()
        next.root.enrich(error: "x")
        delivery.endTrace(of: next)
        #expect(!takeText().contains("previous_flush"), "it is reported once")
    }

    @Test("A newer report takes the place of one whose invocation is dropped")
    func newerReport() throws {
        delivery.log(FlushReport(deferredSpanCount: 3, deferralReason: "older"), logger: logger)
        let dropped = try begin()
        delivery.log(FlushReport(deferredSpanCount: 3, deferralReason: "newer"), logger: logger)
        delivery.endTrace(of: dropped)
        let failed = try begin()
        failed.root.enrich(error: "x")
        delivery.endTrace(of: failed)
        let text = takeText()
        #expect(text.contains("newer"))
        #expect(!text.contains("older"))
    }

    @Test("The session of an invocation that is ended at its deadline or by a shutdown is started before its spans")
    func failedOpenSpans() throws {
        let active = try begin(startsSession: true)
        #expect(buffer.requestCount == 0)
        active.context.tracer.failOpenSpans(type: "timeout", message: "x")
        #expect(buffer.takeRequest(.start) != nil)
        delivery.endTrace(of: active)
        #expect(buffer.requestCount == 0)
    }

    @Test("What follows an invocation that is dropped is counted with it")
    func late() async throws {
        let active = try begin(startsSession: true)
        active.context.tracer.enrichSession(metadata: ["a": 1])
        delivery.endTrace(of: active)
        _ = try begin()
        await active.context.tracer.enrichSpanContext(eventName: "late", error: "x") { _ in }
        active.context.tracer.enrichSession(metadata: ["a": 1])
        #expect(buffer.isEmpty)
        #expect(buffer.unrecorded?.takeUnreported() == [.notKept: 2, .sessionUpdateNotKept: 3])
    }
}
