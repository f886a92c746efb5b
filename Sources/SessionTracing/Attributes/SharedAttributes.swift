internal import Synchronization

/// Attributes that all spans of an invocation begin with: searched, and encoded, once for all of them.
package final class SharedAttributes: Sendable {
    let entries: [AttributeList.Entry]
    /// A bit for each key: most other keys are told apart by theirs.
    private let bits: UInt64
    private let encoded = Mutex(Encoded())

    private struct Encoded {
        var json: [UInt8]?
        var protobuf: [UInt8]?
    }

    init(_ entries: [AttributeList.Entry]) {
        self.entries = entries
        bits = entries.reduce(0) { $0 | $1.place.bit }
    }

    func index(of key: AttributeKey) -> Int? {
        bits & key.bit == 0 ? nil : entries.firstIndex { $0.place == key }
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
