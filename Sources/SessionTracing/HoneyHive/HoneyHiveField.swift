internal import WireText

/// The names of the span attributes that HoneyHive reads.
package enum HoneyHiveField {
    /// A group of fields that is flattened under a common prefix in a span; the name is that of `PUT /events`.
    package enum SpanFieldGroup: String, CaseIterable, Sendable {
        case inputs
        case outputs
        case metadata
        case metrics
        case feedback
        case config
        case userProperties = "user_properties"

        /// The prefix of the group's attributes.
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

        /// Returns the group that contains the key, or nil.
        init?(of key: String) {
            let group = key.withUTF8Bytes { key in Self.allCases.first { Self.hasPrefix($0.prefix, key) } }
            guard let group else { return nil }
            self = group
        }

        private static func hasPrefix(_ prefix: StaticString, _ key: UnsafeRawBufferPointer) -> Bool {
            let count = prefix.utf8CodeUnitCount
            // Comparing the position of the dot excludes nearly all other keys.
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
    /// True if the span was still open when its invocation ended; an attribute of this framework.
    package static let unfinished = "honeyhive_metadata.unfinished"
    /// True if values of the span were cut so that it fits into one request; an attribute of this framework.
    package static let truncated = "honeyhive_metadata.truncated"
    /// The source of the session id; an attribute of this framework.
    package static let sessionOrigin = "honeyhive_metadata.session_origin"
    package static let parentID = "honeyhive.parent_id"

    /// The prefix of the attributes that older ingestion reads instead of ``sessionID``, ``project`` and ``source``.
    package static let traceloopPrefix = "traceloop.association.properties."
}
