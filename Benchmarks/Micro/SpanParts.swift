import SessionTracing
import Synchronization
import WireText

/// Makes a span with eight attributes, from its start to its bytes in the buffer.
struct SpanPart: Part {
    let name = "span"
    let batchCount = 200
    private let fixture = Fixture()

    func run(_ count: Int) async {
        for index in 1...count {
            await fixture.makeSpan()
            if index % batchCount == 0 { fixture.forgetSpans() }
        }
    }
}

/// Encodes an ended span, the last step of ``SpanPart``.
struct EncodePart: Part {
    let name: String
    let batchCount = 500
    /// The buffer's capacity in bytes, larger than the encoded span.
    private static let capacity = 16 * 1024
    private let encoder: SpanEncoder
    private let span: SpanRecord?

    init(format: SpanFormat) {
        name = format == .protobuf ? "encode-protobuf" : "encode-json"
        encoder = SpanEncoder(format: format, resource: AttributeList(), scopeVersion: "1")
        let recorder = OneSpan()
        let tracer = Fixture.tracer(recorder: recorder)
        let root = tracer.startRootSpan("step", kind: .server, parent: nil)
        root.enrich(inputs: Fixture.attributes)
        tracer.endRootSpan()
        span = recorder.last
    }

    func run(_ count: Int) async {
        guard let span else { return }
        var bytes = OutputBytes(capacity: Self.capacity)
        for _ in 0..<count {
            bytes.removeAll(keepingCapacityUpTo: Self.capacity)
            encoder.encode(span, into: &bytes)
        }
        consume(bytes.count)
    }

    private final class OneSpan: SpanRecorder {
        private let state = Mutex<SpanRecord?>(nil)
        let journal: (any SpanJournaling)? = nil

        func append(_ span: SpanRecord) { state.withLock { $0 = span } }

        var last: SpanRecord? { state.withLock { $0 } }
    }
}

/// Flattens a document of 40 values in three levels into attributes.
struct FlattenPart: Part {
    let name = "flatten-40-values"
    let batchCount = 200
    private let document: [String: AttributeValue] = {
        let messages = (0..<8).map { index -> AttributeValue in
            ["role": "user", "content": "Where does my session go?", "tokens": .int(index), "score": 0.5]
        }
        return [
            "model": "a model", "messages": .array(messages), "temperature": 0.7, "stream": false, "top": 1,
            "user": ["id": "u-1", "plan": "free"], "tags": ["a", "b"],
        ]
    }()

    func run(_ count: Int) async {
        for _ in 0..<count {
            var attributes = AttributeList()
            var flattening = Flattening()
            flattening.append(Redaction.standard.redacted(document), to: .inputs)
            attributes.set(flattening.entries, areUnique: flattening.hasUniqueKeys)
            consume(attributes)
        }
    }
}
