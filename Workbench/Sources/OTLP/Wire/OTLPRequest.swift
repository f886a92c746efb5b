import SwiftProtobuf

/// An undecoded OTLP export request.
struct OTLPRequest: Sendable {
    /// The limit of a decompressed body, in bytes.
    static let unpackedBodyBytes = 64 * 1_024 * 1_024

    /// What the request carries.
    var signal = OTLPSignal.traces
    /// The encoding of the body.
    let contentType: OTLPContentType
    /// The value of `Content-Encoding`.
    let contentEncoding: String?
    /// The body, as sent.
    let body: [UInt8]

    /// Decodes the request.
    ///
    /// - Returns: The spans, in order, and what an export has beside them; the log records; or the count of metrics. May
    ///   be empty.
    /// - Throws: ``CollectorError`` when the body does not conform to its headers, or an id of a span is invalid. Then
    ///   the entire request is rejected.
    func arrivals() throws(CollectorError) -> [TraceArrival] {
        let bytes = try unpackedBody()
        switch (signal, contentType) {
        case (.logs, .json): return [.logs(try OTLPLogs.records(json: bytes))]
        case (.logs, .protobuf): return [.logs(try OTLPLogs.records(protobuf: bytes))]
        case (.metrics, .json): return [.metrics(pointCounts: try OTLPMetrics.pointCounts(json: bytes))]
        case (.metrics, .protobuf): return [.metrics(pointCounts: try OTLPMetrics.pointCounts(protobuf: bytes))]
        case (.traces, .json): return try OTLPJSON.arrivals(in: bytes)
        case (.traces, .protobuf):
            let request: ExportRequest
            do {
                request = try ExportRequest(serializedBytes: bytes)
            } catch {
                throw CollectorError(.malformed, "the body is not an ExportTraceServiceRequest in Protobuf: \(error)")
            }
            return try request.arrivals(ids: .bytes)
        }
    }

    /// The spans of the request alone.
    func spans() throws(CollectorError) -> [TraceSpan] {
        try arrivals().flatMap { arrival in
            if case .spans(let spans) = arrival { spans } else { [TraceSpan]() }
        }
    }

    private func unpackedBody() throws(CollectorError) -> [UInt8] {
        switch contentEncoding?.trimmed.lowercased() {
        case nil, "", "identity": return body
        case "gzip": return try GzipInflater.unpack(body, limitBytes: Self.unpackedBodyBytes)
        case let other?: throw CollectorError(.unsupported, "Content-Encoding '\(other)' is not gzip or identity")
        }
    }
}

/// The kinds of data that OTLP carries, each in requests of its own.
enum OTLPSignal: String, Sendable, CaseIterable {
    case traces, logs, metrics
}

/// The two encodings of an OTLP request.
package enum OTLPContentType: String, Sendable {
    /// Binary Protobuf.
    case protobuf = "application/x-protobuf"
    /// JSON, in the standard dialect or in HoneyHive's.
    case json = "application/json"

    /// Parses a header.
    ///
    /// - Parameter header: The value of `Content-Type`; parameters such as a charset are ignored.
    /// - Throws: ``CollectorError`` when it is missing or names another type.
    init(header: String?) throws(CollectorError) {
        let name = header?.split(separator: ";").first?.trimmed.lowercased()
        guard let name, let type = OTLPContentType(rawValue: name) else {
            let sent = header.map { "Content-Type '\($0)'" } ?? "a missing Content-Type"
            throw CollectorError(.unsupported, "\(sent) is not application/x-protobuf or application/json")
        }
        self = type
    }
}

extension StringProtocol {
    /// The text without leading and trailing spaces and tabs.
    var trimmed: SubSequence {
        var rest = drop { $0 == " " || $0 == "\t" }
        while let last = rest.last, last == " " || last == "\t" { rest = rest.dropLast() }
        return rest
    }
}

/// Builds the bodies of the collector's responses, in the encoding of the request.
enum OTLPAnswer {
    /// Builds the response after everything was accepted: an empty message.
    static func accepted(_ contentType: OTLPContentType) -> [UInt8] {
        switch contentType {
        // An empty message has no bytes in Protobuf.
        case .protobuf: []
        case .json: Array("{}".utf8)
        }
    }

    /// Builds the response to a rejected request: a `google.rpc.Status`.
    static func refused(_ error: CollectorError, _ contentType: OTLPContentType) -> [UInt8] {
        var status = Google_Rpc_Status()
        status.code = error.code.rpcCode
        status.message = error.reason
        // Two scalar fields cannot fail to encode; an empty body would still be a valid response.
        switch contentType {
        case .protobuf: return (try? status.serializedBytes()) ?? []
        case .json: return (try? status.jsonUTF8Bytes()) ?? []
        }
    }
}

/// An error for which the collector rejects a request.
package struct CollectorError: Error, Sendable, Hashable {
    /// The kind of error.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code as a short text, stable across versions.
        package let description: String
        /// The HTTP status of the response.
        package let statusCode: Int
        /// The code of the `google.rpc.Status` in the response.
        let rpcCode: Int32

        /// The body does not conform to its content type.
        package static let malformed = Code(description: "malformed", statusCode: 400, rpcCode: 3)
        /// The body exceeds the limit, compressed or decompressed.
        package static let tooLarge = Code(description: "too large", statusCode: 413, rpcCode: 8)
        /// The collector does not support the content type or the content encoding.
        static let unsupported = Code(description: "unsupported", statusCode: 415, rpcCode: 12)
        /// The collector cannot store the data now; the sender may retry.
        package static let unavailable = Code(description: "unavailable", statusCode: 503, rpcCode: 14)
    }

    /// The kind of error.
    package let code: Code
    /// The error message, for people.
    package let reason: String

    /// Creates an error.
    package init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}

extension CollectorError: CustomStringConvertible {
    /// The error message, for people.
    package var description: String { reason }
}
