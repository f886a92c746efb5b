public import SessionTracing

extension InvocationContext {
    /// The parsed `X-Amzn-Trace-Id` from Lambda, or nil if it is missing or invalid.
    public var xrayTraceHeader: XRayTraceHeader? { xrayTraceID.flatMap { XRayTraceHeader($0) } }

    /// Writes `X-Amzn-Trace-Id` into an outgoing carrier, so that the other service continues the X-Ray trace.
    ///
    /// Use it for services traced by X-Ray, and `injectContext(into:)` for all others. Nothing is written if Lambda
    /// sent no valid header.
    ///
    /// - Parameter carrier: The headers or their equivalent.
    public func injectXRayTraceHeader(into carrier: inout some PropagationCarrier) {
        if let header = xrayTraceHeader { carrier.setField("x-amzn-trace-id", to: header.description) }
    }
}
