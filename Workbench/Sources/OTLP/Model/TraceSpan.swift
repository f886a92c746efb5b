/// A span, independent of the protocol that it arrived in.
package struct TraceSpan: Sendable, Hashable {
    /// The role of a span in a remote call.
    package enum Kind: String, Sendable, CaseIterable {
        case unspecified
        /// Work inside a service.
        case `internal`
        /// The server of a call.
        case server
        /// The client of a call.
        case client
        /// The producer of a message.
        case producer
        /// The consumer of a message.
        case consumer
    }

    /// The status of a span.
    package enum Status: Sendable, Hashable {
        case unset
        /// Success.
        case ok
        /// Error, with the sender's message (may be empty).
        case error(message: String)
    }

    /// An event within a span.
    package struct Event: Sendable, Hashable {
        /// The time, in nanoseconds since 1970.
        let timeNanoseconds: UInt64
        package let name: String
        package let attributes: [Attribute]
    }

    /// A link to a span of another trace.
    package struct Link: Sendable, Hashable {
        /// The id of the other trace.
        package let traceID: TraceID
        /// The id of the linked span.
        package let spanID: SpanID
        package let attributes: [Attribute]
    }

    /// The id of the span's trace.
    package var traceID: TraceID
    package var spanID: SpanID
    /// The id of the parent span; `nil` for a root span.
    package var parentID: SpanID?
    /// The span's name.
    package var name: String
    /// The span's kind.
    package var kind = Kind.unspecified
    /// The start time, in nanoseconds since 1970.
    package var startNanoseconds: UInt64
    /// The end time, in nanoseconds since 1970.
    package var endNanoseconds: UInt64
    /// The span's status.
    package var status = Status.unset
    /// The attributes, in the order of sending.
    package var attributes: [Attribute] = []
    /// The span's events.
    package var events: [Event] = []
    /// The span's links.
    package var links: [Link] = []
    var resource: [Attribute] = []
    /// The name of the instrumentation scope.
    var scopeName = ""
    /// The arrival time at the collector that has exported the span, in nanoseconds since 1970; `nil` for a span that
    /// came from its sender.
    package var receivedNanoseconds: Int64?

    /// Creates a span with its required values.
    package init(
        traceID: TraceID,
        spanID: SpanID,
        parentID: SpanID?,
        name: String,
        startNanoseconds: UInt64,
        endNanoseconds: UInt64
    ) {
        self.traceID = traceID
        self.spanID = spanID
        self.parentID = parentID
        self.name = name
        self.startNanoseconds = startNanoseconds
        self.endNanoseconds = endNanoseconds
    }

    /// The time from start to end; zero when the sender's clock stepped back.
    package var durationNanoseconds: UInt64 {
        endNanoseconds > startNanoseconds ? endNanoseconds - startNanoseconds : 0
    }
}

/// A trace id: 16 bytes, not all zero.
package struct TraceID: Sendable, Hashable, Comparable {
    /// 32 lower-case hexadecimal digits.
    package let hex: String

    /// Creates an id; `nil` unless there are 16 bytes, not all zero.
    ///
    /// - Parameter bytes: The id's bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard let hex = HexDigits.text(of: bytes, byteCount: 16) else { return nil }
        self.hex = hex
    }

    /// Creates an id; `nil` unless there are 32 digits, not all zero.
    ///
    /// - Parameter hex: The id's hexadecimal digits, in either case.
    package init?(hex: String) {
        guard let bytes = HexDigits.bytes(of: hex) else { return nil }
        self.init(bytes: bytes)
    }

    package static func < (left: Self, right: Self) -> Bool { left.hex < right.hex }
}

/// A span id: 8 bytes, not all zero.
package struct SpanID: Sendable, Hashable, Comparable {
    /// 16 lower-case hexadecimal digits.
    package let hex: String

    /// Creates an id; `nil` unless there are 8 bytes, not all zero.
    ///
    /// - Parameter bytes: The id's bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard let hex = HexDigits.text(of: bytes, byteCount: 8) else { return nil }
        self.hex = hex
    }

    /// Creates an id; `nil` unless there are 16 digits, not all zero.
    ///
    /// - Parameter hex: The id's hexadecimal digits, in either case.
    package init?(hex: String) {
        guard let bytes = HexDigits.bytes(of: hex) else { return nil }
        self.init(bytes: bytes)
    }

    package static func < (left: Self, right: Self) -> Bool { left.hex < right.hex }
}

private enum HexDigits {
    static let digits = Array("0123456789abcdef".utf8)

    static func text(of bytes: some Collection<UInt8>, byteCount: Int) -> String? {
        guard bytes.count == byteCount, bytes.contains(where: { $0 != 0 }) else { return nil }
        let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }

    static func bytes(of hex: String) -> [UInt8]? {
        let digits = Array(hex.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(of: digits[index]), let low = value(of: digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
