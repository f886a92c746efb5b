/// A protobuf message in wire format (https://protobuf.dev/programming-guides/encoding/), parsed without a schema and
/// independently of the code under test.
struct WireMessage {
    enum Value: Equatable {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        case bytes([UInt8])
    }

    struct Malformed: Error {
        let reason: String
        let offset: Int
    }

    private(set) var fields: [(number: Int, value: Value)] = []

    init(_ bytes: [UInt8]) throws {
        var position = 0

        func take(_ count: Int) throws -> ArraySlice<UInt8> {
            guard count <= bytes.count - position else { throw Malformed(reason: "cut short", offset: position) }
            defer { position += count }
            return bytes[position..<(position + count)]
        }

        func varint() throws -> UInt64 {
            var value: UInt64 = 0
            for shift in stride(from: UInt64(0), to: 70, by: 7) {
                let byte = try take(1).reduce(0) { $1 | $0 }
                guard shift < 63 || byte <= 1 else { throw Malformed(reason: "over 64 bits", offset: position) }
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return value }
            }
            throw Malformed(reason: "a varint without end", offset: position)
        }

        func littleEndian(_ count: Int) throws -> UInt64 {
            try take(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }

        while position < bytes.count {
            let tag = try varint()
            guard tag >> 3 > 0 else { throw Malformed(reason: "field 0", offset: position) }
            let value: Value =
                switch tag & 7 {
                case 0: .varint(try varint())
                case 1: .fixed64(try littleEndian(8))
                case 2: .bytes(Array(try take(Int(try varint()))))
                case 5: .fixed32(UInt32(try littleEndian(4)))
                default: throw Malformed(reason: "wire type \(tag & 7)", offset: position)
                }
            fields.append((Int(tag >> 3), value))
        }
    }

    /// The field numbers that occur.
    var numbers: Set<Int> { Set(fields.map(\.number)) }

    /// Returns all values of a field.
    func values(_ number: Int) -> [Value] { fields.filter { $0.number == number }.map(\.value) }

    /// The value of a field that occurs once.
    subscript(_ number: Int) -> Value? {
        let values = values(number)
        return values.count == 1 ? values[0] : nil
    }

    func messages(_ number: Int) throws -> [WireMessage] {
        try values(number).map { value in
            guard case .bytes(let bytes) = value else {
                throw Malformed(reason: "field \(number) is no message", offset: 0)
            }
            return try WireMessage(bytes)
        }
    }

    /// Returns the only message of a field.
    func message(_ number: Int) throws -> WireMessage {
        let messages = try messages(number)
        guard messages.count == 1 else {
            throw Malformed(reason: "field \(number) stands \(messages.count) times", offset: 0)
        }
        return messages[0]
    }

    func text(_ number: Int) -> String? {
        guard case .bytes(let bytes)? = self[number] else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}
