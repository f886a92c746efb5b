internal import PlatformFoundation
public import SessionTracing

/// A batch of records from one shard of a Kinesis or DynamoDB stream, in order
/// (https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html,
/// https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html).
///
/// With a tumbling window, the event has the window and the state that the function returned last
/// (https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html):
///
/// ```swift
/// func handle(_ batch: StreamBatchEvent, context: InvocationContext) async throws -> BatchResponse {
///     var response = await context.forEachRecord(batch) { record, _ in try await process(record) }
///     response.state = ["count": .int((try batch.decodeState([String: Int].self)["count"] ?? 0) + batch.records.count)]
///     return response
/// }
/// ```
public struct StreamBatchEvent: BatchEvent, Sendable {
    /// A tumbling window.
    public struct Window: Decodable, Sendable, Hashable {
        /// The start, in the form of ISO 8601.
        public let start: String
        /// The end, in the form of ISO 8601; it is not part of the window.
        public let end: String
    }

    /// The records in the event's order; those of a window's last invocation may be none.
    public let records: [Record]
    /// The tumbling window; nil if the event source mapping has none.
    public let window: Window?
    /// The state that the function returned last for the window: an object, empty in the first invocation; nil without a
    /// window.
    public let state: AttributeValue?
    /// True in the last invocation of a window; the state of its response is not used.
    public let isFinalInvokeForWindow: Bool
    /// True if the window ended before its time, because its state was larger than 1 MB.
    public let isWindowTerminatedEarly: Bool
    /// The shard of a window; nil without one.
    public let shardID: String?
    /// The stream's ARN; nil if the event has neither records nor a window.
    public let streamARN: String?

    /// Decodes the state of a window.
    ///
    /// - Parameter type: The type of the state.
    /// - Returns: The state.
    /// - Throws: `DecodingError` if the state does not match the type, such as the empty object of a first invocation.
    public func decodeState<State: Decodable>(_ type: State.Type = State.self) throws -> State {
        try JSONDecoder().decode(type, from: JSONEncoder().encode(state ?? [:]))
    }
}

extension StreamBatchEvent: Decodable {
    private enum Key: String, CodingKey {
        case records = "Records"
        case window, state, isFinalInvokeForWindow, isWindowTerminatedEarly
        case shardID = "shardId"
        case streamARN = "eventSourceARN"
    }

    /// Decodes a batch, or a bare array of records.
    ///
    /// - Parameter decoder: The decoder to read from.
    /// - Throws: `DecodingError` with the field's path if a field is missing or invalid.
    public init(from decoder: any Decoder) throws {
        if let records: [Record] = try decoder.bareRecords() {
            self.records = records
            window = nil
            state = nil
            isFinalInvokeForWindow = false
            isWindowTerminatedEarly = false
            shardID = nil
            streamARN = records.first?.streamARN
            return
        }
        let event = try decoder.container(keyedBy: Key.self)
        window = try event.decodeIfPresent(Window.self, forKey: .window)
        if window == nil {
            records = try event.decode([Record].self, forKey: .records)
        } else {
            records = try event.decodeIfPresent([Record].self, forKey: .records) ?? []
        }
        state = try event.decodeIfPresent(AttributeValue.self, forKey: .state)
        isFinalInvokeForWindow = try event.decodeIfPresent(Bool.self, forKey: .isFinalInvokeForWindow) ?? false
        isWindowTerminatedEarly = try event.decodeIfPresent(Bool.self, forKey: .isWindowTerminatedEarly) ?? false
        shardID = try event.decodeIfPresent(String.self, forKey: .shardID)
        streamARN = try event.decodeIfPresent(String.self, forKey: .streamARN) ?? records.first?.streamARN
    }
}
