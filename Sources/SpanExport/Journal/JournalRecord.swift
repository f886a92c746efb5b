internal import SessionTracing

/// One record of a journal.
enum JournalRecord {
    /// The data common to a tracer's spans; recorded before the first of them.
    case scope(JournalScope)
    /// The start of a span in the scope with the given number.
    case start(SpanStart, scopeNumber: UInt64)
    /// An ended span in wire format.
    case stored(EncodedSpan)
    /// The end of a span that could not be stored for lack of space.
    case lost(TraceID, SpanID)

    /// The first byte of a record's body.
    enum Kind: UInt8 {
        case scope = 1
        case start = 2
        case stored = 3
        case lost = 4
    }
}

extension JournalRecord {
    /// Parses a record's body with arbitrary content; nil if it does not have this layout.
    init?(_ body: ArraySlice<UInt8>) {
        var cursor = JournalCursor(body)
        guard let kind = cursor.integer(UInt8.self).flatMap(Kind.init) else { return nil }
        let record: JournalRecord? =
            switch kind {
            case .scope: Self.scope(&cursor)
            case .start: Self.start(&cursor)
            case .stored: Self.stored(&cursor)
            case .lost: Self.lost(&cursor)
            }
        guard let record, cursor.isAtEnd else { return nil }
        self = record
    }

    private static func scope(_ cursor: inout JournalCursor) -> JournalRecord? {
        guard let number = cursor.integer(UInt64.self), let deadline = cursor.integer(UInt64.self),
            let traceState = cursor.text(), let attributes = cursor.attributes()
        else { return nil }
        return .scope(
            JournalScope(
                number: number,
                traceState: traceState.isEmpty ? nil : traceState,
                deadlineUnixNanoseconds: deadline == 0 ? nil : deadline,
                attributes: attributes
            )
        )
    }

    private static func start(_ cursor: inout JournalCursor) -> JournalRecord? {
        guard let (traceID, spanID) = cursor.ids(), let scopeNumber = cursor.integer(UInt64.self),
            let parent = cursor.integer(UInt64.self), let time = cursor.integer(UInt64.self),
            let isParentRemote = cursor.integer(UInt8.self), isParentRemote <= 1,
            let kind = cursor.integer(UInt8.self).flatMap({ SpanRecord.Kind(rawValue: Int($0)) }),
            let eventType = cursor.text(), let name = cursor.text(), let attributes = cursor.attributes()
        else { return nil }
        let start = SpanStart(
            traceID: traceID,
            spanID: spanID,
            parentSpanID: SpanID(parent),
            isParentRemote: isParentRemote == 1,
            name: name,
            kind: kind,
            eventType: EventType(rawValue: eventType),
            startUnixNanoseconds: time,
            attributes: attributes
        )
        return .start(start, scopeNumber: scopeNumber)
    }

    private static func stored(_ cursor: inout JournalCursor) -> JournalRecord? {
        guard let (traceID, spanID) = cursor.ids(), let time = cursor.integer(UInt64.self) else { return nil }
        let bytes = Array(cursor.takeRest())
        return .stored(EncodedSpan(traceID: traceID, spanID: spanID, endUnixNanoseconds: time, bytes: bytes))
    }

    private static func lost(_ cursor: inout JournalCursor) -> JournalRecord? {
        cursor.ids().map { .lost($0.0, $0.1) }
    }
}
