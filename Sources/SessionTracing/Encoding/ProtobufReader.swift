/// Reads the fields of a protobuf message one by one and stops at malformed data
/// (https://protobuf.dev/programming-guides/encoding/).
package struct ProtobufReader {
    package enum Value: Equatable {
        case varint(UInt64)
        case bytes(ArraySlice<UInt8>)
        case fixed
    }

    private var rest: ArraySlice<UInt8>

    package init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    /// True if all bytes were read; false if ``next()`` stopped at malformed data.
    package var isAtEnd: Bool { rest.isEmpty }

    package mutating func next() -> (number: Int, value: Value)? {
        guard !rest.isEmpty, let tag = varint() else { return nil }
        let number = Int(clamping: tag >> 3)
        switch tag & 7 {
        case 0: return varint().map { (number, .varint($0)) }
        case 1: return take(8).map { _ in (number, .fixed) }
        case 5: return take(4).map { _ in (number, .fixed) }
        case 2: return varint().flatMap { take(Int(clamping: $0)) }.map { (number, .bytes($0)) }
        default: return nil
        }
    }

    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
