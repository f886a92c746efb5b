import SwiftProtobuf

private typealias ResourceMessage = Opentelemetry_Proto_Resource_V1_Resource

/// Counts the data points of OTLP's requests with metrics.
///
/// The points are not kept, so the messages are walked by their field numbers (opentelemetry/proto/metrics/v1/metrics.proto)
/// instead of being decoded: the generated code for them is larger than that for spans and logs together.
enum OTLPMetrics {
    /// The fields of a metric that hold data points, by their numbers: gauge, sum, histogram, exponential histogram, summary.
    private static let pointFields: [(number: UInt64, name: String)] = [
        (5, "gauge"), (7, "sum"), (9, "histogram"), (10, "exponentialHistogram"), (11, "summary"),
    ]

    /// Counts the points of a request in Protobuf, by service.
    static func pointCounts(protobuf bytes: [UInt8]) throws(CollectorError) -> [String: Int] {
        var counts: [String: Int] = [:]
        for (_, group) in try ProtobufFields.all(1, of: bytes[...]) {
            var resource = ResourceMessage()
            var count = 0
            for (number, value) in try ProtobufFields.all(of: group) {
                if number == 1 {
                    do {
                        try resource.merge(serializedBytes: Array(value))
                    } catch {
                        throw malformed("\(error)")
                    }
                }
                if number == 2 { count += try pointCount(ofScope: value) }
            }
            counts[TraceSpan.service(of: resource.attributes.map(Attribute.init)), default: 0] += count
        }
        return counts
    }

    private static func pointCount(ofScope scope: ArraySlice<UInt8>) throws(CollectorError) -> Int {
        var count = 0
        for (_, metric) in try ProtobufFields.all(2, of: scope) {
            for (number, data) in try ProtobufFields.all(of: metric)
            where pointFields.contains(where: { $0.number == number }) {
                count += try ProtobufFields.all(1, of: data).count
            }
        }
        return count
    }

    /// Counts the points of a request in JSON, by service.
    static func pointCounts(json bytes: [UInt8]) throws(CollectorError) -> [String: Int] {
        let request: JSONValue
        do throws(JSONError) {
            request = try JSONValue(parsing: bytes, depthLimit: OTLPJSON.depthLimit)
        } catch {
            throw malformed("\(error)")
        }
        guard let request = request.object else { throw malformed("it is no object") }
        var counts: [String: Int] = [:]
        for group in try objects("resourceMetrics", request) {
            let resource: ResourceMessage
            do {
                resource = try ResourceMessage(
                    jsonUTF8Bytes: (group["resource"] ?? .object(JSONObject())).bytes,
                    options: OTLPJSON.decodingOptions
                )
            } catch {
                throw malformed("\(error)")
            }
            var count = 0
            for scope in try objects("scopeMetrics", group) {
                for metric in try objects("metrics", scope) {
                    for field in pointFields {
                        guard let data = metric[field.name]?.object else { continue }
                        count += try objects("dataPoints", data).count
                    }
                }
            }
            counts[TraceSpan.service(of: resource.attributes.map(Attribute.init)), default: 0] += count
        }
        return counts
    }

    private static func objects(_ name: String, _ object: JSONObject) throws(CollectorError) -> [JSONObject] {
        guard let value = object[name], value != .null else { return [] }
        guard let array = value.array else { throw malformed("\(name) is \(value.kind) where an array belongs") }
        var objects: [JSONObject] = []
        for element in array {
            guard let object = element.object else { throw malformed("a member of \(name) is \(element.kind)") }
            objects.append(object)
        }
        return objects
    }

    private static func malformed(_ reason: String) -> CollectorError {
        CollectorError(.malformed, "the body is not an ExportMetricsServiceRequest: \(reason)")
    }
}

/// Reader of the fields of a Protobuf message that are messages or texts (https://protobuf.dev/programming-guides/encoding/).
enum ProtobufFields {
    /// Reads the fields with a length, in order; the others are skipped.
    ///
    /// `wanted`: The number of the fields to return; `nil` for all.
    /// Throws ``CollectorError`` when the bytes are no message.
    static func all(
        _ wanted: UInt64? = nil,
        of message: ArraySlice<UInt8>
    ) throws(CollectorError) -> [(number: UInt64, value: ArraySlice<UInt8>)] {
        var rest = message
        var fields: [(number: UInt64, value: ArraySlice<UInt8>)] = []
        while !rest.isEmpty {
            let tag = try varint(&rest)
            switch tag & 7 {
            case 0: _ = try varint(&rest)
            case 1: _ = try take(8, &rest)
            case 2:
                let value = try take(try varint(&rest), &rest)
                if wanted == nil || wanted == tag >> 3 { fields.append((tag >> 3, value)) }
            case 5: _ = try take(4, &rest)
            default: throw CollectorError(.malformed, "the body is not a message in Protobuf: wire type \(tag & 7)")
            }
        }
        return fields
    }

    private static func take(
        _ count: UInt64,
        _ rest: inout ArraySlice<UInt8>
    ) throws(CollectorError) -> ArraySlice<UInt8> {
        guard count <= UInt64(rest.count) else {
            throw CollectorError(.malformed, "the body is not a message in Protobuf: a field is cut off")
        }
        defer { rest = rest.dropFirst(Int(count)) }
        return rest.prefix(Int(count))
    }

    private static func varint(_ rest: inout ArraySlice<UInt8>) throws(CollectorError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = rest.popFirst() else { break }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw CollectorError(.malformed, "the body is not a message in Protobuf: a number is cut off")
    }
}
