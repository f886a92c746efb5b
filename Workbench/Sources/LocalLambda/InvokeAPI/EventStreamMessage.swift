import CShims

/// A message of the AWS event stream encoding (https://smithy.io/2.0/aws/amazon-eventstream.html): lengths, headers,
/// payload and two checksums.
package struct EventStreamMessage: Sendable {
    /// The header value type "string".
    private static let stringType: UInt8 = 7
    /// The size of the prelude, its checksum and the message's checksum, in bytes.
    private static let frameBytes = 16

    /// The headers: names shorter than 256 bytes and values shorter than 65,536 bytes.
    package let headers: [(name: String, value: String)]
    /// The payload.
    package let payload: [UInt8]

    /// Creates an event message.
    ///
    /// - Parameters:
    ///   - type: The event's type.
    ///   - contentType: The payload's content type.
    ///   - payload: The payload.
    package init(event type: String, contentType: String, payload: [UInt8]) {
        self.headers = [(":message-type", "event"), (":event-type", type), (":content-type", contentType)]
        self.payload = payload
    }

    /// The encoded message.
    package var bytes: [UInt8] {
        let headerBytes = headers.flatMap { header in
            let name = Array(header.name.utf8)
            let value = Array(header.value.utf8)
            return [UInt8(truncatingIfNeeded: name.count)] + name + [Self.stringType]
                + Self.bigEndian(UInt16(truncatingIfNeeded: value.count)) + value
        }
        let countBytes = UInt32(truncatingIfNeeded: Self.frameBytes + headerBytes.count + payload.count)
        var message = Self.bigEndian(countBytes) + Self.bigEndian(UInt32(truncatingIfNeeded: headerBytes.count))
        message += Self.bigEndian(Self.checksum(message))
        message += headerBytes
        message += payload
        return message + Self.bigEndian(Self.checksum(message))
    }

    private static func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        UInt32(truncatingIfNeeded: crc32(0, bytes, UInt32(truncatingIfNeeded: bytes.count)))
    }
}
