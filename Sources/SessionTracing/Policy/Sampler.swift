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

    /// Parses a value of `OTEL_TRACES_SAMPLER`; nil if it is unknown.
    ///
    /// - Parameters:
    ///   - name: The value.
    ///   - ratio: The share, 0 to 1, for the samplers that take one.
    package init?(name: String, ratio: Double) {
        switch name {
        case "always_on": self = .alwaysOn
        case "always_off": self = .alwaysOff
        case "traceidratio": self = .traceIDRatio(ratio)
        case "parentbased_always_on": self = .parentBased(root: .alwaysOn)
        case "parentbased_always_off": self = .parentBased(root: .alwaysOff)
        case "parentbased_traceidratio": self = .parentBased(root: .traceIDRatio(ratio))
        default: return nil
        }
    }

    /// Parses a value of `OTEL_TRACES_SAMPLER_ARG`; nil if it is not a number from 0 to 1.
    package static func ratio(_ text: String) -> Double? {
        Double(text).flatMap { (0...1).contains($0) ? $0 : nil }
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
