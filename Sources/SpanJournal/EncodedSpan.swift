internal import PlatformFoundation
internal import SessionTracing

/// Validates encoded spans from a journal before they are put into a request.
enum EncodedSpan {
    /// Returns true if the bytes are one complete span with the recorded ids, which cannot corrupt the envelope.
    static func isWhole(_ bytes: ArraySlice<UInt8>, of key: SpanKey, format: SpanFormat) -> Bool {
        switch format {
        case .protobuf: isWholeProtobuf(bytes, key)
        case .json, .honeyHiveJSON: isWholeJSON(bytes, key)
        }
    }

    private static func isWholeProtobuf(_ bytes: ArraySlice<UInt8>, _ key: SpanKey) -> Bool {
        var list = ProtobufReader(bytes)
        guard let field = list.next(), field.number == 2, case .bytes(let message) = field.value, list.isAtEnd else {
            return false
        }
        var reader = ProtobufReader(message)
        var (hasTraceID, hasSpanID) = (false, false)
        while let field = reader.next() {
            guard case .bytes(let content) = field.value else { continue }
            if field.number == 1 { hasTraceID = content.elementsEqual(bigEndian(key.traceID.high, key.traceID.low)) }
            if field.number == 2 { hasSpanID = content.elementsEqual(bigEndian(key.spanID.value)) }
        }
        return reader.isAtEnd && hasTraceID && hasSpanID
    }

    private static func bigEndian(_ words: UInt64...) -> [UInt8] {
        words.flatMap { word in withUnsafeBytes(of: word.bigEndian) { Array($0) } }
    }

    private struct Identifiers: Decodable {
        let traceId: String
        let spanId: String
    }

    /// Validates JSON.
    ///
    /// The decoder also accepts UTF-16, which contains zero bytes; JSON in UTF-8 contains none.
    private static func isWholeJSON(_ bytes: ArraySlice<UInt8>, _ key: SpanKey) -> Bool {
        guard bytes.first == UInt8(ascii: "{"), !bytes.contains(0) else { return false }
        let identifiers = try? JSONDecoder().decode(Identifiers.self, from: Data(bytes))
        return identifiers?.traceId == key.traceID.description && identifiers?.spanId == key.spanID.description
    }
}
