public import SessionTracing

extension InvocationContext {
    /// What Lambda's `X-Amzn-Trace-Id` says, or nil when there is none that can be read.
    public var xrayTraceHeader: XRayTraceHeader? { xrayTraceID.flatMap { XRayTraceHeader($0) } }

    /// Writes `X-Amzn-Trace-Id` into what is sent to another service, which then continues X-Ray's own trace.
    ///
    /// This is for services that are traced by X-Ray; `injectContext(into:)` is for all others. Without a header from Lambda
    /// that can be read, nothing is written.
    ///
    /// - Parameter carrier: The headers, or what takes their place.
    public func injectXRayTraceHeader(into carrier: inout some PropagationCarrier) {
        if let header = xrayTraceHeader { carrier.setField("x-amzn-trace-id", to: header.description) }
    }
}
