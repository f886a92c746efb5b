import CurlTransport
import SessionTracing
import SpanExport
import Testing

/// Performs the recorded actions with this project, with the recording's ids and times, up to the requests.
struct Replay {
    let tracer: InvocationTracer
    /// The clock, which is set to recorded times.
    let clock: ReplayClock
    private let buffer: SpanBuffer
    private let destination: ExportDestination
    private let session: Session

    static let version = "0.1.0"

    /// Creates a replay whose first span has the ids and start time of the recorded one; the environment determines the
    /// destination.
    init(
        of span: JSON,
        session: Session,
        baggage: Baggage = Baggage(),
        environment: Environment = [.apiKey: "hh_test_key_0001"]
    ) throws {
        var reader = SettingsReader(environment)
        let destination = try ExportDestination.resolve(
            &reader,
            overrides: ExportOverrides(),
            source: session.source,
            version: Self.version
        )
        self.destination = try #require(destination)
        buffer = SpanBuffer(
            encoder: SpanEncoder(
                format: self.destination.format,
                resource: ResourceAttributes.make(&reader, version: Self.version, redaction: .standard),
                scopeVersion: Self.version
            )
        )
        clock = ReplayClock(unixNanoseconds: try #require(UInt64(span["startTimeUnixNano"]?.text ?? "")))
        tracer = InvocationTracer(
            requestID: "replay",
            session: session,
            parent: nil,
            baggage: baggage,
            recorder: buffer,
            clock: clock.traceClock,
            ids: try RecordedIDs(span).generator
        )
        self.session = session
    }

    /// Sends the recorded spans, optionally after a request that creates the session.
    func requests(startsSession: Bool = false) throws -> [SentRequest] {
        if startsSession { buffer.append(SessionRequest.start(session)) }
        return try send().map { request in
            let headers = request.headers.fields.map { ($0.name.lowercased(), $0.value) }
            return SentRequest(
                method: request.method.rawValue,
                url: request.url,
                headers: Dictionary(headers) { "\($0), \($1)" },
                body: try JSON(parsing: request.body)
            )
        }
    }

    /// Sends the recorded spans and returns the requests as passed to the network.
    func send() throws -> [HTTPRequest] {
        for request in tracer.takeSessionRequests() { buffer.append(request) }
        let transport = KeepingTransport()
        var exporter = HTTPSpanExporter(transport: transport, destination: destination, wait: { _ in })
        let report = exporter.flush(buffer, budget: .seconds(1))
        try #require(report.isComplete)
        return transport.requests
    }

    /// Returns the only recorded span in the form in which it is sent.
    func span() throws -> JSON {
        let spans = try requests().flatMap(\.spans)
        try #require(spans.count == 1)
        return spans[0]
    }
}

/// Records requests and responds with success.
private final class KeepingTransport: HTTPTransport {
    private(set) var requests: [HTTPRequest] = []

    func perform(_ request: HTTPRequest, interrupt: CurlInterrupt?) throws(CurlError) -> HTTPResponse {
        requests.append(request)
        return HTTPResponse(status: 200)
    }
}
