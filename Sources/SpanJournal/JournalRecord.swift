internal import CChecksum
internal import SessionTracing
internal import WireText

/// One record of a journal, without its length and checksum.
///
/// All integers are little-endian, as on every Lambda processor. A record is the length of its body, the body's CRC-32C
/// (RFC 3720, appendix B.4), both of 4 bytes, and the body: the kind, a number, and what the kind adds.
struct JournalRecord {
    enum Kind: UInt8 {
        /// The data common to a tracer's spans, before the first of them; the number is the scope's.
        case scope = 1
        /// The start of a span; the number is its scope's.
        case start = 2
        /// An ended span in wire format; the number is its sequence number.
        case stored = 3
        /// A span that is not needed, and whose end, if it has one, is not stored; the number has no meaning.
        case closed = 4
        /// The stored spans before the number are not needed.
        case acknowledged = 5
        /// The process was alive at the number, in nanoseconds since the Unix epoch.
        case alive = 6
    }

    /// The bytes before the body: its length and its checksum.
    static let headBytes = 8
    /// The maximum length of a body, in bytes.
    static let maximumBytes = 8 * 1_024 * 1_024
    /// The maximum number of attributes of a scope or a start: further ones are not written, and a record with more is
    /// invalid.
    static let maximumAttributeCount = 2_048

    let kind: Kind
    let number: UInt64
    /// The span of a start, a stored or a closed span.
    let key: SpanKey?
    /// The time of a start or of a stored span's end, in nanoseconds since the Unix epoch.
    let unixNanoseconds: UInt64
    /// The rest of the body.
    let content: ArraySlice<UInt8>

    /// Reads a body with arbitrary content.
    ///
    /// - Parameter body: The body; nil is returned if it is not one.
    init?(_ body: ArraySlice<UInt8>) {
        var reader = JournalReader(body)
        guard let kind = reader.integer(UInt8.self).flatMap(Kind.init), let number = reader.integer(UInt64.self) else {
            return nil
        }
        self.kind = kind
        self.number = number
        switch kind {
        case .scope, .acknowledged, .alive: key = nil
        case .start, .stored, .closed:
            guard let key = reader.key() else { return nil }
            self.key = key
        }
        switch kind {
        case .scope, .acknowledged, .alive, .closed: unixNanoseconds = 0
        case .start, .stored:
            guard let time = reader.integer(UInt64.self) else { return nil }
            unixNanoseconds = time
        }
        content = reader.rest
    }

    static func checksum(_ bytes: UnsafeRawBufferPointer, after checksum: UInt32 = 0) -> UInt32 {
        cchecksum_crc32c(checksum, bytes.baseAddress, bytes.count)
    }
}

extension OutputBytes {
    /// Appends a record.
    ///
    /// - Parameters:
    ///   - kind: The kind.
    ///   - number: The number that the kind asks for.
    ///   - external: The end of the body, which is stored elsewhere but counts.
    ///   - fill: Appends the rest of the body.
    mutating func appendRecord(
        _ kind: JournalRecord.Kind,
        _ number: UInt64 = 0,
        external: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0),
        fill: (inout OutputBytes) -> Void = { _ in }
    ) {
        let start = count
        append(littleEndian: UInt64(0))
        append(kind.rawValue)
        append(littleEndian: number)
        fill(&self)
        let bodyStart = start + JournalRecord.headBytes
        let length = count - bodyStart + external.count
        let checksum = withBytes { bytes in
            JournalRecord.checksum(
                external,
                after: JournalRecord.checksum(UnsafeRawBufferPointer(rebasing: bytes[bodyStart...]))
            )
        }
        overwrite(at: start, littleEndian: UInt64(checksum) << 32 | UInt64(UInt32(clamping: length)))
    }

    mutating func append(_ scope: JournalScope) {
        appendRecord(.scope, scope.number) { output in
            output.append(littleEndian: scope.deadlineUnixNanoseconds ?? 0)
            output.append(counted: scope.traceState ?? "")
            output.append(scope.attributes)
        }
    }

    mutating func append(_ start: SpanStart, scopeNumber: UInt64) {
        appendRecord(.start, scopeNumber) { output in
            output.append(start.key)
            output.append(littleEndian: start.startUnixNanoseconds)
            output.append(littleEndian: start.parentSpanID?.value ?? 0)
            output.append(start.isParentRemote ? 1 : 0)
            output.append(UInt8(truncatingIfNeeded: start.kind.rawValue))
            output.append(counted: start.eventType?.rawValue ?? "")
            output.append(counted: start.name)
            output.append(start.attributes)
        }
    }

    mutating func append(_ key: SpanKey) {
        append(littleEndian: key.traceID.high)
        append(littleEndian: key.traceID.low)
        append(littleEndian: key.spanID.value)
    }

    private mutating func append(counted text: String) {
        append(littleEndian: UInt32(clamping: text.utf8.count))
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Appends the attributes whose values are texts, numbers or flags: those known at a span's start.
    ///
    /// Those beyond ``JournalRecord/maximumAttributeCount`` are left out.
    private mutating func append(_ attributes: [AttributeList.Entry]) {
        for entry in attributes.prefix(JournalRecord.maximumAttributeCount) {
            switch entry.value {
            case .string(let text):
                append(entry, .string)
                append(counted: text)
            case .int(let number):
                append(entry, .int)
                append(littleEndian: UInt64(bitPattern: Int64(number)))
            case .double(let number):
                append(entry, .double)
                append(littleEndian: number.bitPattern)
            case .bool(let flag):
                append(entry, .bool)
                append(flag ? 1 : 0)
            case .null, .array, .dictionary: break
            }
        }
    }

    private mutating func append(_ entry: AttributeList.Entry, _ kind: JournalReader.ValueKind) {
        append(kind.rawValue)
        append(littleEndian: UInt32(clamping: entry.keyByteCount))
        entry.forEachPartOfKey { append($0) }
    }
}

extension JournalScope {
    /// Reads the scope of a record with arbitrary content.
    init?(_ record: JournalRecord) {
        var reader = JournalReader(record.content)
        guard record.kind == .scope, let deadline = reader.integer(UInt64.self), let traceState = reader.text(),
            let attributes = reader.attributes()
        else { return nil }
        self.init(
            number: record.number,
            traceState: traceState.isEmpty ? nil : traceState,
            deadlineUnixNanoseconds: deadline == 0 ? nil : deadline,
            attributes: attributes
        )
    }
}

extension SpanStart {
    /// Reads the start of a record with arbitrary content.
    init?(_ record: JournalRecord) {
        var reader = JournalReader(record.content)
        guard record.kind == .start, let key = record.key, let parent = reader.integer(UInt64.self),
            let isParentRemote = reader.integer(UInt8.self), isParentRemote <= 1,
            let kind = reader.integer(UInt8.self).flatMap({ SpanRecord.Kind(rawValue: Int($0)) }),
            let eventType = reader.text(), let name = reader.text(), let attributes = reader.attributes()
        else { return nil }
        self.init(
            key,
            parentSpanID: SpanID(parent),
            isParentRemote: isParentRemote == 1,
            name: name,
            kind: kind,
            eventType: EventType(rawValue: eventType),
            startUnixNanoseconds: record.unixNanoseconds,
            attributes: attributes
        )
    }
}

/// Reads a record's body from the front, never beyond its end.
struct JournalReader {
    /// The type of an attribute's value, stored in the attribute's first byte.
    enum ValueKind: UInt8 {
        case string = 1
        case int = 2
        case double = 3
        case bool = 4
    }

    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(_: Integer.Type) -> Integer? {
        let size = Integer.bitWidth / 8
        guard size <= rest.count else { return nil }
        let value = rest.withUnsafeBytes { $0.loadUnaligned(as: Integer.self) }
        rest = rest.dropFirst(size)
        return Integer(littleEndian: value)
    }

    mutating func key() -> SpanKey? {
        guard let high = integer(UInt64.self), let low = integer(UInt64.self), let span = integer(UInt64.self),
            let traceID = TraceID(high: high, low: low), let spanID = SpanID(span)
        else { return nil }
        return SpanKey(traceID, spanID)
    }

    /// Reads a length and a string of that length; invalid UTF-8 is repaired.
    mutating func text() -> String? {
        guard let count = integer(UInt32.self), Int(count) <= rest.count else { return nil }
        defer { rest = rest.dropFirst(Int(count)) }
        return String(decoding: rest.prefix(Int(count)), as: UTF8.self)
    }

    /// Reads attributes to the end; nil if there are more than ``JournalRecord/maximumAttributeCount``.
    mutating func attributes() -> [AttributeList.Entry]? {
        var entries: [AttributeList.Entry] = []
        while !rest.isEmpty {
            guard entries.count < JournalRecord.maximumAttributeCount,
                let kind = integer(UInt8.self).flatMap(ValueKind.init), let key = text(), let value = value(kind)
            else {
                return nil
            }
            entries.append(AttributeList.Entry(key: key, value: value))
        }
        return entries
    }

    private mutating func value(_ kind: ValueKind) -> AttributeValue? {
        switch kind {
        case .string: text().map { .string($0) }
        case .int: integer(Int64.self).map { .int(Int($0)) }
        case .double: integer(UInt64.self).map { .double(Double(bitPattern: $0)) }
        case .bool: integer(UInt8.self).map { .bool($0 != 0) }
        }
    }
}
