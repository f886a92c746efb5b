package import WireText

/// Writes protobuf's wire format (https://protobuf.dev/programming-guides/encoding/) into a byte buffer.
package struct ProtobufWriter: ~Copyable {
    private var output: OutputBytes

    /// - Parameter output: The buffer to append to.
    package init(into output: consuming OutputBytes = OutputBytes()) {
        self.output = output
    }

    /// A copy of the bytes written so far.
    package var bytes: [UInt8] { output.array }

    /// Ends the writing and returns the buffer.
    package consuming func finish() -> OutputBytes { output }

    private enum WireType: UInt64 {
        case varint = 0
        case fixed64 = 1
        case lengthDelimited = 2
        case fixed32 = 5
    }

    package mutating func varint(_ field: Int, _ value: UInt64) {
        tag(field, .varint)
        append(varint: value)
    }

    package mutating func int64(_ field: Int, _ value: Int) {
        varint(field, UInt64(bitPattern: Int64(value)))
    }

    package mutating func fixed64(_ field: Int, _ value: UInt64) {
        tag(field, .fixed64)
        output.append(littleEndian: value)
    }

    package mutating func fixed32(_ field: Int, _ value: UInt32) {
        tag(field, .fixed32)
        output.append(littleEndian: value)
    }

    package mutating func double(_ field: Int, _ value: Double) {
        fixed64(field, value.bitPattern)
    }

    package mutating func string(_ field: Int, _ value: String) {
        tag(field, .lengthDelimited)
        append(varint: UInt64(value.utf8.count))
        output.append(utf8Of: value)
    }

    /// Writes a string field whose value is the concatenation of two parts.
    mutating func string(_ field: Int, _ beginning: StaticString, _ rest: String) {
        tag(field, .lengthDelimited)
        append(varint: UInt64(beginning.utf8CodeUnitCount + rest.utf8.count))
        output.append(beginning)
        output.append(utf8Of: rest)
    }

    /// Writes a trace id as a `bytes` field.
    mutating func id(_ field: Int, _ id: TraceID) {
        tag(field, .lengthDelimited)
        append(varint: 16)
        output.append(bigEndian: id.high)
        output.append(bigEndian: id.low)
    }

    /// Writes a span id as a `bytes` field.
    mutating func id(_ field: Int, _ id: SpanID) {
        tag(field, .lengthDelimited)
        append(varint: 8)
        output.append(bigEndian: id.value)
    }

    /// Inserts fields that are already encoded.
    mutating func raw(_ fields: [UInt8]) { output.append(fields) }

    /// Writes a nested message.
    ///
    /// Its length precedes it but is known only after it: one byte is reserved, and a message over 127 bytes is moved
    /// up to make space for the longer length.
    package mutating func message(_ field: Int, _ body: (inout ProtobufWriter) -> Void) {
        tag(field, .lengthDelimited)
        let start = output.count
        output.append(UInt8(0))
        body(&self)
        let length = output.count - start - 1
        if length > 0x7F { output.moveUp(from: start + 1, by: Self.varintSize(length) - 1) }
        var rest = length
        var index = start
        while rest > 0x7F {
            output.replace(at: index, with: UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
            index += 1
        }
        output.replace(at: index, with: UInt8(rest))
    }

    private static func varintSize(_ value: Int) -> Int {
        max(1, (Int.bitWidth - value.leadingZeroBitCount + 6) / 7)
    }

    /// Returns the tag and length that precede a nested message of a known size.
    package static func messageHead(_ field: Int, length: Int) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.tag(field, .lengthDelimited)
        writer.append(varint: UInt64(length))
        return writer.bytes
    }

    private mutating func tag(_ field: Int, _ type: WireType) {
        append(varint: UInt64(field) << 3 | type.rawValue)
    }

    private mutating func append(varint value: UInt64) {
        var rest = value
        while rest > 0x7F {
            output.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        output.append(UInt8(rest))
    }
}
