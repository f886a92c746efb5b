internal import SessionTracing
internal import WireText

extension JournalLog {
    mutating func append(_ scope: JournalScope) -> Bool {
        let traceState = scope.traceState ?? ""
        let count = 8 + 8 + JournalWriter.size(of: traceState) + JournalWriter.size(of: scope.attributes)
        return append(.scope, count: count) { writer in
            writer.put(scope.number)
            writer.put(scope.deadlineUnixNanoseconds ?? 0)
            writer.put(traceState)
            writer.put(scope.attributes)
        }
    }

    mutating func append(_ start: SpanStart, scopeNumber: UInt64) -> Bool {
        let eventType = start.eventType?.rawValue ?? ""
        let count =
            JournalWriter.idsSize + 3 * 8 + 1 + 1 + JournalWriter.size(of: eventType)
            + JournalWriter.size(of: start.name) + JournalWriter.size(of: start.attributes)
        return append(.start, count: count) { writer in
            writer.put(start.traceID, start.spanID)
            writer.put(scopeNumber)
            writer.put(start.parentSpanID?.value ?? 0)
            writer.put(start.startUnixNanoseconds)
            writer.put(UInt8(start.isParentRemote ? 1 : 0))
            writer.put(UInt8(truncatingIfNeeded: start.kind.rawValue))
            writer.put(eventType)
            writer.put(start.name)
            writer.put(start.attributes)
        }
    }

    mutating func append(_ span: SpanEnd, bytes: borrowing OutputBytes) -> Bool {
        append(.stored, count: JournalWriter.idsSize + 8 + bytes.count) { writer in
            writer.put(span.traceID, span.spanID)
            writer.put(span.unixNanoseconds)
            bytes.withBytes { writer.put($0) }
        }
    }

    mutating func appendLost(_ traceID: TraceID, _ spanID: SpanID) -> Bool {
        append(.lost, count: JournalWriter.idsSize) { $0.put(traceID, spanID) }
    }
}
