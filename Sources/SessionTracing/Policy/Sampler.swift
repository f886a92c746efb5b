/// Decides which traces are recorded (https://opentelemetry.io/docs/specs/otel/trace/sdk/#sampling).
package indirect enum Sampler: Sendable, Equatable {
    case alwaysOn
    case alwaysOff
    /// Records a share of traces, 0 to 1: the same traces in every service that uses this algorithm.
    case traceIDRatio(Double)
    /// Follows the caller's decision; without a caller, uses the other sampler.
    case parentBased(root: Sampler)

    /// The specification's default.
    package static let `default` = Sampler.parentBased(root: .alwaysOn)

    /// Parses a sampler setting; nil if it is unknown or invalid.
    ///
    /// - Parameters:
    ///   - name: A value of `OTEL_TRACES_SAMPLER`.
    ///   - argument: A value of `OTEL_TRACES_SAMPLER_ARG`: the share, for the samplers that take one.
    package init?(name: String, argument: String?) {
        switch name {
        case "always_on": self = .alwaysOn
        case "always_off": self = .alwaysOff
        case "traceidratio": self.init(ratio: argument)
        case "parentbased_always_on": self = .parentBased(root: .alwaysOn)
        case "parentbased_always_off": self = .parentBased(root: .alwaysOff)
        case "parentbased_traceidratio":
            guard let root = Sampler(ratio: argument) else { return nil }
            self = .parentBased(root: root)
        default: return nil
        }
    }

    private init?(ratio text: String?) {
        let ratio = text.map { Double($0) } ?? 1
        guard let ratio, (0...1).contains(ratio) else { return nil }
        self = .traceIDRatio(ratio)
    }

    package func samples(_ traceID: TraceID, parent: TraceContext?) -> Bool {
        switch self {
        case .alwaysOn: true
        case .alwaysOff: false
        case .traceIDRatio(let ratio):
            // The low half of a trace id is random; a Double represents its top 53 bits exactly.
            Double(traceID.low >> 11) < ratio * Double(1 << 53)
        case .parentBased(let root): parent?.isSampled ?? root.samples(traceID, parent: nil)
        }
    }
}
