internal import SessionTracing
internal import Tracing

/// Writes the attributes of an invocation to its root span
/// (https://opentelemetry.io/docs/specs/semconv/faas/aws-lambda/).
enum InvocationAttributes {
    static func write(to root: TracedSpan, invocation: Invocation, session: Session, isColdStart: Bool) {
        root.setOwnAttribute("faas.invocation_id", to: .string(invocation.ids.requestID))
        root.setOwnAttribute("faas.coldstart", to: .bool(isColdStart))
        if !invocation.functionARN.isEmpty {
            root.setOwnAttribute("aws.lambda.invoked_arn", to: .string(invocation.functionARN))
            // The form is arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]; the resource is the function without
            // the qualifier.
            let arn = Array(invocation.functionARN.utf8)
            let parts = arn.split(separator: UInt8(ascii: ":"), maxSplits: 7, omittingEmptySubsequences: false)
            if parts.count >= 7 {
                root.setOwnAttribute("cloud.account.id", to: .string(String(decoding: parts[4], as: UTF8.self)))
                let resource = String(decoding: arn[..<parts[6].endIndex], as: UTF8.self)
                root.setOwnAttribute("cloud.resource_id", to: .string(resource))
            }
        }
        // X-Ray's spans are never exported to this collector, so X-Ray's segment is linked and not this span's parent.
        if let id = invocation.xrayTraceID {
            root.setAttribute("aws.xray.trace_header", to: .string(id))
            if let segment = XRayTraceHeader(id)?.traceContext {
                root.addLink(to: segment, attributes: ["source": "x-ray-env"])
            }
        }
        root.setOwnAttribute(HoneyHiveField.sessionOrigin, to: .string(session.origin.rawValue))
    }

    /// Writes the attributes of a streamed response at its end.
    static func write(
        _ stream: (writtenCount: Int, firstByteUnixNanoseconds: UInt64?),
        to root: TracedSpan
    ) {
        root.setAttribute("http.response.body.size", to: .int(stream.writtenCount))
        guard let first = stream.firstByteUnixNanoseconds else { return }
        let milliseconds = Double(first - min(first, root.startUnixNanoseconds)) / 1_000_000
        root.enrich(metrics: ["time_to_first_byte_ms": .double(milliseconds)])
    }

    /// Writes the result of an earlier flush with problems, which explains gaps in earlier traces.
    static func write(_ flush: FlushReport, to root: TracedSpan) {
        var fields: [String: AttributeValue] = [
            "exported": .int(flush.exportedSpanCount),
            "deferred": .int(flush.deferredSpanCount),
            "dropped": .int(flush.droppedSpanCount + flush.droppedSessionUpdateCount),
            "retries": .int(flush.retryCount),
            "duration_ms": .double(flush.duration / .milliseconds(1)),
        ]
        // A reason can quote the collector: it is a value and never a key.
        if let reason = flush.dropReason { fields["drop_reason"] = .string(reason) }
        if let reason = flush.deferralReason { fields["deferral_reason"] = .string(reason) }
        let unrecorded = flush.unrecordedCounts.filter { $0.key.warning != nil }
        if !unrecorded.isEmpty {
            fields["unrecorded"] = .int(unrecorded.values.reduce(0, +))
            fields["unrecorded_reason"] = .string(unrecorded.keys.map(\.reason).sorted().joined(separator: "; "))
        }
        root.enrich(metadata: ["previous_flush": .dictionary(fields)])
    }
}
