import SwiftProtobuf

private typealias LogsRequest = Opentelemetry_Proto_Collector_Logs_V1_ExportLogsServiceRequest
private typealias LogMessage = Opentelemetry_Proto_Logs_V1_LogRecord

/// Codec of OTLP's requests with log records.
package enum OTLPLogs {
    /// Decodes a request in Protobuf.
    static func records(protobuf bytes: [UInt8]) throws(CollectorError) -> [LogRecord] {
        do {
            return try LogsRequest(serializedBytes: bytes).records(ids: .bytes)
        } catch {
            throw CollectorError(.malformed, "the body is not an ExportLogsServiceRequest in Protobuf: \(error)")
        }
    }

    /// Decodes a request in JSON.
    ///
    /// - Throws: ``CollectorError`` when the bytes are not such a request.
    package static func records(json bytes: [UInt8]) throws(CollectorError) -> [LogRecord] {
        do {
            return try LogsRequest(jsonUTF8Bytes: bytes, options: OTLPJSON.decodingOptions).records(ids: .digits)
        } catch {
            throw CollectorError(.malformed, "the body is not an ExportLogsServiceRequest in JSON: \(error)")
        }
    }

    /// Encodes a record as a request in JSON.
    ///
    /// - Throws: An error when its values are nested deeper than ``OTLPJSON/depthLimit``.
    package static func request(_ record: LogRecord) throws -> JSONValue {
        let request = LogsRequest.with { request in
            request.resourceLogs = [
                .with { group in
                    group.resource.attributes = record.resource.map(KeyValueMessage.init)
                    group.scopeLogs = [
                        .with {
                            $0.scope.name = record.scopeName
                            $0.logRecords = [LogMessage(record)]
                        }
                    ]
                }
            ]
        }
        let bytes: [UInt8] = try request.jsonUTF8Bytes(options: OTLPJSON.encodingOptions)
        return try JSONValue(parsing: bytes, depthLimit: OTLPJSON.depthLimit)
    }
}

extension LogsRequest {
    fileprivate func records(ids: IDFields) -> [LogRecord] {
        var records: [LogRecord] = []
        for resourceLogs in resourceLogs {
            let resource = resourceLogs.resource.attributes.map(Attribute.init)
            for scopeLogs in resourceLogs.scopeLogs {
                for message in scopeLogs.logRecords {
                    var record = LogRecord(message, ids)
                    record.resource = resource
                    record.scopeName = scopeLogs.scope.name
                    records.append(record)
                }
            }
        }
        return records
    }
}

extension LogRecord {
    /// Converts a message; an invalid id counts as none, as OTLP's schema says.
    fileprivate init(_ message: LogMessage, _ ids: IDFields) {
        let traceID = ids.traceID(message.traceID)
        self.init(
            traceID: traceID,
            spanID: traceID == nil ? nil : ids.spanID(message.spanID),
            timeNanoseconds: message.timeUnixNano == 0 ? message.observedTimeUnixNano : message.timeUnixNano
        )
        severityNumber = message.severityNumber.rawValue
        severityText = message.severityText
        body = message.hasBody ? AttributeValue(message.body) : .empty
        eventName = message.eventName
        attributes = message.attributes.map(Attribute.init)
    }
}

extension LogMessage {
    fileprivate init(_ record: LogRecord) {
        self.init()
        traceID = IDFields.digits(record.traceID?.hex ?? "")
        spanID = IDFields.digits(record.spanID?.hex ?? "")
        timeUnixNano = record.timeNanoseconds
        severityNumber = .init(rawValue: record.severityNumber) ?? .unspecified
        severityText = record.severityText
        if record.body != .empty { body = AnyValueMessage(record.body) }
        eventName = record.eventName
        attributes = record.attributes.map(KeyValueMessage.init)
    }
}
