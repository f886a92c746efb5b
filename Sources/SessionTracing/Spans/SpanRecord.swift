/// An ended span as a value, as input of the encoders.
package struct SpanRecord: Sendable {
    package enum Kind: Int, Sendable {
        case `internal` = 1
        case server = 2
        case client = 3
        case producer = 4
        case consumer = 5
    }

    package struct Event: Sendable {
        package let name: String
        package let unixNanoseconds: UInt64
        package let attributes: AttributeList
    }

    package struct Link: Sendable {
        package let traceID: TraceID
        package let spanID: SpanID
        package let attributes: AttributeList
    }

    package enum Status: Sendable, Equatable {
        case unset
        case ok
        case error(message: String)

        /// Returns the status with its message limited like an attribute's text.
        func truncated(toUTF8Bytes maximum: Int) -> Status {
            guard case .error(let message) = self else { return self }
            return .error(message: message.truncated(toUTF8Bytes: maximum))
        }
    }

    package var traceID: TraceID
    package var spanID: SpanID
    package var parentSpanID: SpanID?
    package var isParentRemote: Bool
    package var traceState: String?
    package var isSampled: Bool
    /// The W3C trace flags of the caller besides the sampled one.
    package var otherFlags: UInt8 = 0
    package var name: String
    package var kind: Kind
    package var startUnixNanoseconds: UInt64
    package var endUnixNanoseconds: UInt64
    package var attributes: AttributeList
    package var events: [Event] = []
    package var droppedEventCount = 0
    package var links: [Link] = []
    package var droppedLinkCount = 0
    package var status: Status = .unset

    /// The W3C trace flags, and the bits for a remote parent (https://github.com/open-telemetry/opentelemetry-proto,
    /// `SpanFlags`).
    package var flags: UInt32 {
        (isSampled ? 1 : 0) | UInt32(otherFlags) | 0x100 | (isParentRemote ? 0x200 : 0)
    }
}
