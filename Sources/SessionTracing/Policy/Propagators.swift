/// Which of W3C's two ways to carry context are read and written
/// (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration).
package struct Propagators: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// `traceparent` and `tracestate`.
    package static let traceContext = Propagators(rawValue: 1)
    /// `baggage`, with the session in it.
    package static let baggage = Propagators(rawValue: 2)

    /// The specification's default: both.
    package static let all: Propagators = [.traceContext, .baggage]

    /// Nil when one of the names is none that is known here, or when there is no name.
    ///
    /// - Parameter names: A value of `OTEL_PROPAGATORS`: names between commas, in any case, or `none` alone.
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

extension Carrier {
    /// What the propagators read of these fields; a field for the session's id alone is not theirs, and stays.
    package func restricted(to propagators: Propagators) -> Carrier {
        var carrier = self
        if !propagators.contains(.traceContext) {
            carrier.traceparent = nil
            carrier.tracestate = nil
        }
        if !propagators.contains(.baggage) { carrier.baggage = nil }
        return carrier
    }
}
