internal import SessionTracing

/// Writes a record's body into reserved memory; the counterpart of ``JournalCursor``.
struct JournalWriter {
    private var target: UnsafeMutableRawPointer
    private let end: UnsafeMutableRawPointer

    /// - Parameters:
    ///   - target: The start of the body; valid while this value is used.
    ///   - count: The length of the body, in bytes.
    init(at target: UnsafeMutableRawPointer, count: Int) {
        self.target = target
        end = target + count
    }

    mutating func put<Integer: FixedWidthInteger>(_ value: Integer) {
        precondition(Integer.bitWidth / 8 <= end - target, "a record is longer than it was said to be")
        target.storeBytes(of: value.littleEndian, as: Integer.self)
        target += Integer.bitWidth / 8
    }

    mutating func put(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            put(UInt32(utf8.count))
            put(UnsafeRawBufferPointer(utf8))
        }
    }

    mutating func put(_ traceID: TraceID, _ spanID: SpanID) {
        put(traceID.high)
        put(traceID.low)
        put(spanID.value)
    }

    mutating func put(_ bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count <= end - target, "a record is longer than it was said to be")
        if let source = bytes.baseAddress { target.copyMemory(from: source, byteCount: bytes.count) }
        target += bytes.count
    }

    mutating func put(_ attributes: [AttributeList.Entry]) {
        put(UInt32(attributes.reduce(0) { $0 + (Self.size(of: $1.value) == nil ? 0 : 1) }))
        for entry in attributes where Self.size(of: entry.value) != nil {
            put(UInt32(entry.keyByteCount))
            entry.forEachPartOfKey { put($0) }
            put(entry.value)
        }
    }

    private mutating func put(_ value: AttributeValue) {
        switch value {
        case .string(let text):
            put(JournalCursor.ValueKind.string.rawValue)
            put(text)
        case .int(let number):
            put(JournalCursor.ValueKind.int.rawValue)
            put(Int64(number))
        case .double(let number):
            put(JournalCursor.ValueKind.double.rawValue)
            put(number.bitPattern)
        case .bool(let flag):
            put(JournalCursor.ValueKind.bool.rawValue)
            put(UInt8(flag ? 1 : 0))
        case .null, .array, .dictionary: break
        }
    }
}

extension JournalWriter {
    static let idsSize = 24

    static func size(of text: String) -> Int { 4 + text.utf8.count }

    static func size(of attributes: [AttributeList.Entry]) -> Int {
        attributes.reduce(4) { sum, entry in
            sum + (size(of: entry.value).map { $0 + 4 + entry.keyByteCount } ?? 0)
        }
    }

    /// Returns the size of a stored value, in bytes; nil for values that are not stored.
    private static func size(of value: AttributeValue) -> Int? {
        switch value {
        case .string(let text): 1 + size(of: text)
        case .int, .double: 1 + 8
        case .bool: 1 + 1
        case .null, .array, .dictionary: nil
        }
    }
}
