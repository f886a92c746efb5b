import SwiftProtobuf

/// Codec of OTLP/JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): Protobuf's JSON with ids in
/// hexadecimal.
///
/// Reads the standard dialect (enums as numbers) and HoneyHive's (enum names, `null` for no parent). An unknown enum value, by
/// number or by name, becomes the default, because later versions of the schema may add values.
package enum OTLPJSON {
    /// The limit of nested messages in a request.
    private static let messageDepthLimit = 128
    /// The nesting limit for a JSON parser of a request with ``messageDepthLimit``: each two messages are at most three arrays
    /// and objects.
    package static let depthLimit = 256

    /// Decodes an export request.
    ///
    /// - Parameter bytes: The request's body.
    /// - Returns: The spans.
    /// - Throws: ``CollectorError`` when the bytes are not an export request.
    package static func spans(in bytes: [UInt8]) throws(CollectorError) -> [TraceSpan] {
        try request(in: bytes).spans(ids: .digits)
    }

    /// Decodes an export request, with what an export of this program has beside the spans.
    ///
    /// - Throws: ``CollectorError`` when the bytes are not an export request.
    package static func arrivals(in bytes: [UInt8]) throws(CollectorError) -> [TraceArrival] {
        try request(in: bytes).arrivals(ids: .digits)
    }

    private static func request(in bytes: [UInt8]) throws(CollectorError) -> ExportRequest {
        do {
            return try ExportRequest(jsonUTF8Bytes: bytes, options: decodingOptions)
        } catch {
            throw CollectorError(.malformed, "the body is not an ExportTraceServiceRequest in JSON: \(error)")
        }
    }

    /// Encodes an export request in the standard dialect.
    ///
    /// - Parameter spans: The spans; adjacent spans of the same resource and scope are grouped.
    /// - Returns: The request's body; its text has the escapes of this package's JSON writer, which a terminal can show.
    /// - Throws: An error when a span's values are nested deeper than ``depthLimit``.
    package static func request(_ spans: [TraceSpan]) throws -> JSONValue {
        let bytes: [UInt8] = try ExportRequest(spans).jsonUTF8Bytes(options: encodingOptions)
        return try JSONValue(parsing: bytes, depthLimit: depthLimit)
    }

    static var decodingOptions: JSONDecodingOptions {
        var options = JSONDecodingOptions()
        options.ignoreUnknownFields = true
        options.messageDepthLimit = messageDepthLimit
        return options
    }

    static var encodingOptions: JSONEncodingOptions {
        var options = JSONEncodingOptions()
        options.alwaysPrintEnumsAsInts = true
        return options
    }
}
