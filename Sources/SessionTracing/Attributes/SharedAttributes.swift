internal import Synchronization
internal import WireText

/// The attributes common to all spans of an invocation, indexed and encoded once for all of them.
package final class SharedAttributes: Sendable {
    let entries: [AttributeList.Entry]
    private let encoded = Mutex(Encoded())

    private struct Encoded {
        var json: [UInt8]?
        var protobuf: [UInt8]?
    }

    init(_ entries: [AttributeList.Entry]) {
        self.entries = entries
    }

    func index(of key: AttributeKey) -> Int? {
        entries.index(of: key)
    }

    /// Returns the attributes as elements of a JSON list, in either dialect.
    ///
    /// - Parameter write: Writes the elements; called only the first time.
    /// - Returns: The elements, separated by commas.
    func json(_ write: (inout JSONWriter) -> Void) -> [UInt8] {
        encoded.withLock { encoded in
            if let json = encoded.json { return json }
            var writer = JSONWriter()
            write(&writer)
            encoded.json = writer.bytes
            return writer.bytes
        }
    }

    /// Returns the attributes as fields of a span's Protobuf message.
    ///
    /// - Parameter write: Writes the fields; called only the first time.
    /// - Returns: The encoded fields.
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
