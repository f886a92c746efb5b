internal import SessionTracing

/// Reads a record's body from the front, never beyond its end.
struct JournalCursor {
    /// The type of an attribute's value, stored in its first byte.
    ///
    /// Lists are not stored: the attributes known at a span's start have none.
    enum ValueKind: UInt8 {
        case string = 1
        case int = 2
        case double = 3
        case bool = 4
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func takeRest() -> ArraySlice<UInt8> {
        defer { rest = [] }
        return rest
    }

    mutating func integer<Integer: FixedWidthInteger>(_: Integer.Type) -> Integer? {
        guard let bytes = take(Integer.bitWidth / 8) else { return nil }
        return bytes.reversed().reduce(0) { $0 << 8 | Integer(truncatingIfNeeded: $1) }
    }

    /// Reads a length and a string of that length; invalid UTF-8 is repaired.
    mutating func text() -> String? {
        integer(UInt32.self).flatMap { take(Int($0)) }.map { String(decoding: $0, as: UTF8.self) }
    }

    mutating func ids() -> (TraceID, SpanID)? {
        guard let high = integer(UInt64.self), let low = integer(UInt64.self), let span = integer(UInt64.self),
            let traceID = TraceID(high: high, low: low), let spanID = SpanID(span)
        else { return nil }
        return (traceID, spanID)
    }

    /// Reads attributes.
    ///
    /// Their count is untrusted, so no capacity is reserved for it.
    mutating func attributes() -> [AttributeList.Entry]? {
        guard let count = integer(UInt32.self) else { return nil }
        var entries: [AttributeList.Entry] = []
        for _ in 0..<count {
            guard let key = text(), let value = value() else { return nil }
            entries.append(AttributeList.Entry(key: key, value: value))
        }
        return entries
    }

    private mutating func value() -> AttributeValue? {
        switch integer(UInt8.self).flatMap(ValueKind.init) {
        case .string: text().map { .string($0) }
        case .int: integer(Int64.self).map { .int(Int($0)) }
        case .double: integer(UInt64.self).map { .double(Double(bitPattern: $0)) }
        case .bool: integer(UInt8.self).map { .bool($0 != 0) }
        case nil: nil
        }
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
