/// The attribute names that HoneyHive reads from a span.
package enum HoneyHiveField {
    /// A document that is flattened under its prefix.
    package enum Document: CaseIterable, Sendable {
        case inputs
        case outputs
        case metadata
        case metrics
        case feedback
        case config
        case userProperties

        /// What its attributes begin with.
        package var prefix: StaticString {
            switch self {
            case .inputs: "honeyhive_inputs."
            case .outputs: "honeyhive_outputs."
            case .metadata: "honeyhive_metadata."
            case .metrics: "honeyhive_metrics."
            case .feedback: "honeyhive_feedback."
            case .config: "honeyhive_config."
            case .userProperties: "honeyhive_user_properties."
            }
        }

        /// The document that a key is a place in.
        init?(of key: String) {
            let document = key.withUTF8Bytes { key in Self.allCases.first { Self.hasPrefix($0.prefix, key) } }
            guard let document else { return nil }
            self = document
        }

        private static func hasPrefix(_ prefix: StaticString, _ key: UnsafeRawBufferPointer) -> Bool {
            let count = prefix.utf8CodeUnitCount
            // The dot's place alone tells nearly all.
            guard key.count >= count, key[count - 1] == UInt8(ascii: ".") else { return false }
            return prefix.withUTF8Buffer { $0.elementsEqual(key[..<count]) }
        }
    }

    package static let error = "honeyhive_error"
    package static let eventType = "honeyhive_event_type"
    package static let sessionID = "honeyhive.session_id"
    package static let sessionName = "honeyhive.session_name"
    package static let sessionAutoCreate = "honeyhive.session_auto_create"
    package static let project = "honeyhive.project"
    package static let source = "honeyhive.source"
    /// Ours: the span was still open when its invocation ended.
    package static let unfinished = "honeyhive_metadata.unfinished"
    /// Ours: where the session's id came from.
    package static let sessionOrigin = "honeyhive_metadata.session_origin"
    package static let parentID = "honeyhive.parent_id"

    /// Older ingestion reads the association from these instead.
    package static let traceloopPrefix = "traceloop.association.properties."
}
