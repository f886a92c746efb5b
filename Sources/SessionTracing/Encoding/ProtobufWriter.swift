/// Writes protobuf's wire format (https://protobuf.dev/programming-guides/encoding/) into bytes.
package struct ProtobufWriter {
    package private(set) var bytes: [UInt8]

    package init(into bytes: [UInt8] = []) {
        self.bytes = bytes
    }

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
        append(littleEndian: value, byteCount: 8)
    }

    package mutating func fixed32(_ field: Int, _ value: UInt32) {
        tag(field, .fixed32)
        append(littleEndian: UInt64(value), byteCount: 4)
    }

    package mutating func double(_ field: Int, _ value: Double) {
        fixed64(field, value.bitPattern)
    }

    package mutating func string(_ field: Int, _ value: String) {
        tag(field, .lengthDelimited)
        append(varint: UInt64(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }

    /// Big-endian words as a `bytes` field: trace and span ids.
    package mutating func bytes(_ field: Int, bigEndian words: UInt64...) {
        tag(field, .lengthDelimited)
        append(varint: UInt64(words.count * 8))
        for word in words {
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
    }

    /// Splices in fields that are encoded already.
    mutating func raw(_ fields: [UInt8]) { bytes.append(contentsOf: fields) }

    /// Writes a nested message.
    ///
    /// Its length stands before it and is known after it: one byte is kept free, and a message over 127 bytes is moved
    /// up by what its length needs more.
    package mutating func message(_ field: Int, _ body: (inout ProtobufWriter) -> Void) {
        tag(field, .lengthDelimited)
        let lengthIndex = bytes.count
        bytes.append(0)
        body(&self)
        var length = UInt64(bytes.count - lengthIndex - 1)
        guard length > 0x7F else {
            bytes[lengthIndex] = UInt8(length)
            return
        }
        var encoded: [UInt8] = []
        while length > 0x7F {
            encoded.append(UInt8(length & 0x7F) | 0x80)
            length >>= 7
        }
        encoded.append(UInt8(length))
        bytes.replaceSubrange(lengthIndex...lengthIndex, with: encoded)
    }

    /// The tag and length that come before a nested message of a known size.
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
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func append(littleEndian value: UInt64, byteCount: Int) {
        for index in 0..<byteCount { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
    }
}
