package import TraceModel

/// An export request as it came over HTTP, still in bytes.
package struct OTLPRequest: Sendable {
    /// The encoding of the body.
    package let contentType: OTLPContentType
    /// The value of `Content-Encoding`.
    package let contentEncoding: String?
    /// The body, as it was sent.
    package let body: [UInt8]

    /// Makes a request of all its fields.
    package init(contentType: OTLPContentType, contentEncoding: String?, body: [UInt8]) {
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.body = body
    }

    /// Decodes the request.
    ///
    /// - Returns: Its spans, in their order; none is no error.
    /// - Throws: ``CollectorError`` when the body is not what its headers say, or a span's ids are no ids. Then no span
    ///   of the request is taken.
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
    /// Decodes what ``OTLPJSONEncoder`` wrote.
    ///
    /// - Parameter bytes: The request's body.
    /// - Returns: Its spans.
    /// - Throws: ``CollectorError`` when it is none.
    package static func spans(storedJSON bytes: [UInt8]) throws(CollectorError) -> [TraceSpan] {
        try OTLPJSONDecoder.spans(in: bytes, depthLimit: OTLPJSONEncoder.depthLimit)
    }
}
