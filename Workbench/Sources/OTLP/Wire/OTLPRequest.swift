/// An undecoded OTLP export request.
package struct OTLPRequest: Sendable {
    /// The encoding of the body.
    package let contentType: OTLPContentType
    /// The value of `Content-Encoding`.
    package let contentEncoding: String?
    /// The body, as sent.
    package let body: [UInt8]

    /// Creates a request.
    package init(contentType: OTLPContentType, contentEncoding: String?, body: [UInt8]) {
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.body = body
    }

    /// Decodes the request.
    ///
    /// - Returns: The spans, in order; may be empty.
    /// - Throws: ``CollectorError`` when the body does not conform to its headers, or an id of a span is invalid. Then
    ///   the entire request is rejected.
    package func spans() throws(CollectorError) -> [TraceSpan] {
        let bytes = try unpackedBody()
        switch contentType {
        case .protobuf: return try OTLPProtobufDecoder.spans(in: bytes)
        case .json: return try OTLPJSONDecoder.spans(in: bytes)
        }
    }

    private func unpackedBody() throws(CollectorError) -> [UInt8] {
        switch contentEncoding?.trimmed.lowercased() {
        case nil, "", "identity": return body
        case "gzip": return try GzipInflater.unpack(body, limitBytes: CollectorLimits.unpackedBodyBytes)
        case let other?: throw CollectorError(.unsupported, "Content-Encoding '\(other)' is not gzip or identity")
        }
    }
}

extension OTLPRequest {
    /// Decodes a body that ``OTLPJSONEncoder`` wrote.
    ///
    /// - Parameter bytes: The request's body.
    /// - Returns: The spans.
    /// - Throws: ``CollectorError`` when the bytes are not an export request.
    package static func spans(storedJSON bytes: [UInt8]) throws(CollectorError) -> [TraceSpan] {
        try OTLPJSONDecoder.spans(in: bytes, depthLimit: OTLPJSONEncoder.depthLimit)
    }
}
