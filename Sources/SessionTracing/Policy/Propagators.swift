/// The set of W3C propagators that are read and written
/// (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration).
package struct Propagators: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The `traceparent` and `tracestate` headers.
    package static let traceContext = Propagators(rawValue: 1)
    /// The `baggage` header, which includes the session.
    package static let baggage = Propagators(rawValue: 2)

    /// The specification's default: both.
    package static let all: Propagators = [.traceContext, .baggage]

    /// Parses a value of `OTEL_PROPAGATORS`; nil if it is empty or contains an unknown name.
    ///
    /// - Parameter names: The names, separated by commas, in any case, or `none` alone.
    package init?(names: String) {
        let names = Set(names.split(separator: ",").compactMap { String($0).trimmedSetting?.lowercased() })
        var propagators = Propagators()
        for name in names {
            switch name {
            case "tracecontext": propagators.insert(.traceContext)
            case "baggage": propagators.insert(.baggage)
            case "none" where names.count == 1: break
            default: return nil
            }
        }
        guard !names.isEmpty else { return nil }
        self = propagators
    }
}

extension TraceHeaders {
    /// Returns the fields that the propagators read.
    ///
    /// The header for the session id belongs to no propagator and is kept.
    package func restricted(to propagators: Propagators) -> TraceHeaders {
        var traceHeaders = self
        if !propagators.contains(.traceContext) {
            traceHeaders.traceparent = nil
            traceHeaders.tracestate = nil
        }
        if !propagators.contains(.baggage) { traceHeaders.baggage = nil }
        return traceHeaders
    }
}
