package import OTLP

/// Creates spans for tests, one line each.
package enum TestSpan {
    /// The session of the spans.
    package static let session = "11111111-2222-4333-8444-000000000001"

    /// Creates a span that starts after 1970-01-01T00:00:01Z.
    package static func make(
        _ name: String,
        id: UInt8,
        parent: UInt8? = nil,
        startMilliseconds: UInt64 = 0,
        durationMilliseconds: UInt64 = 1,
        session: String? = session,
        attributes: [Attribute] = []
    ) throws -> TraceSpan {
        let start = 1_000_000_000 + startMilliseconds * 1_000_000
        var span = TraceSpan(
            traceID: try TraceID(bytes: [UInt8](repeating: 7, count: 16)).given(),
            spanID: try spanID(id).given(),
            parentID: parent.flatMap(spanID),
            name: name,
            startNanoseconds: start,
            endNanoseconds: start + durationMilliseconds * 1_000_000
        )
        span.attributes = (session.map { [Attribute("honeyhive.session_id", .string($0))] } ?? []) + attributes
        return span
    }

    private static func spanID(_ id: UInt8) -> SpanID? {
        SpanID(bytes: [UInt8](repeating: 0, count: 7) + [id])
    }
}

extension Optional {
    fileprivate func given() throws -> Wrapped {
        guard let self else { throw InvalidTestSpan() }
        return self
    }
}

private struct InvalidTestSpan: Error {}
