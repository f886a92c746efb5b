internal import Synchronization

/// Attributes that all spans of an invocation begin with: searched, and encoded, once for all of them.
package final class SharedAttributes: Sendable {
    let entries: [AttributeList.Entry]
    /// The lengths of the keys, each as a bit: most other keys are told apart by theirs.
    private let lengths: UInt64
    private let encoded = Mutex(Encoded())

    private struct Encoded {
        var json: [UInt8]?
        var protobuf: [UInt8]?
    }

    init(_ entries: [AttributeList.Entry]) {
        self.entries = entries
        lengths = entries.reduce(0) { $0 | Self.bit(of: $1.key) }
    }

    private static func bit(of key: String) -> UInt64 { 1 << UInt64(min(key.utf8.count, 63)) }

    func index(of key: String) -> Int? {
        lengths & Self.bit(of: key) == 0 ? nil : entries.firstIndex { $0.key == key }
    }

    /// The attributes as the elements of a JSON list, whichever dialect.
    ///
    /// - Parameter write: Writes them, the first time.
    /// - Returns: The elements with commas between them.
    func json(_ write: (inout JSONWriter) -> Void) -> [UInt8] {
        encoded.withLock { encoded in
            if let json = encoded.json { return json }
            var writer = JSONWriter()
            write(&writer)
            encoded.json = writer.bytes
            return writer.bytes
        }
    }

    /// The attributes as a span's fields of a Protobuf message.
    ///
    /// - Parameter write: Writes them, the first time.
    /// - Returns: The fields.
    func protobuf(_ write: (inout ProtobufWriter) -> Void) -> [UInt8] {
        encoded.withLock { encoded in
            if let protobuf = encoded.protobuf { return protobuf }
            var writer = ProtobufWriter()
            write(&writer)
            encoded.protobuf = writer.bytes
            return writer.bytes
        }
    }
}
