import EventMutation
import SessionTracing
import Testing

@Suite("The buffer of ended spans")
struct SpanBufferTests {
    private func buffer(_ format: SpanFormat = .protobuf, maximumBytes: Int = SpanBuffer.maximumBytes)
        -> SpanBuffer
    {
        SpanBuffer(encoder: SpanEncoder(format), budget: BufferBudget(maximumBytes: maximumBytes))
    }

    /// Returns a span of about this size, in bytes.
    private func span(_ name: String, byteCount: Int = 0) throws -> SpanRecord {
        try .sample(name: name, attributes: [("text", .string(String(repeating: "x", count: byteCount)))])
    }

    private func names(_ batch: SpanBatch, _ format: SpanFormat = .protobuf) throws -> [String?] {
        let request = Array(SpanEncoder(format).body(of: batch).joined())
        if format == .protobuf {
            return try WireMessage(request).message(1).message(2).messages(2).map { $0.text(5) }
        }
        let scopeSpans = try JSONNode(parsing: request)["resourceSpans"]?[0]?["scopeSpans"]?[0]
        return try #require(scopeSpans?["spans"]?.elements).map { $0["name"]?.text }
    }

    private func takeAll(_ buffer: SpanBuffer) -> [SpanBatch] {
        var batches: [SpanBatch] = []
        while let batch = buffer.takeBatch() { batches.append(batch) }
        return batches
    }

    @Test("An empty buffer gives nothing")
    func empty() {
        let buffer = buffer()
        #expect(buffer.takeBatch() == nil)
        #expect(buffer.spanCount == 0)
        #expect(buffer.takeDroppedSpanCount() == 0)
    }

    @Test(
        "Small spans come out in one batch, in the order of their ends",
        arguments: [SpanFormat.protobuf, .json, .honeyHiveJSON]
    )
    func order(format: SpanFormat) throws {
        let buffer = buffer(format)
        for index in 0..<50 { buffer.append(try span("span \(index)")) }
        #expect(buffer.spanCount == 50)
        let batches = takeAll(buffer)
        #expect(batches.map(\.spanCount) == [50])
        #expect(try names(batches[0], format) == (0..<50).map { "span \($0)" })
        #expect(buffer.spanCount == 0)
    }

    // MARK: The limit of a batch

    @Test("No batch of several spans is over the limit, and none is lost or out of order")
    func batchLimit() throws {
        let seed: UInt64 = 20_260_401
        var generator = SeededGenerator(seed: seed)
        let buffer = buffer(maximumBytes: .max)
        for index in 0..<15 {
            buffer.append(try span("span \(index)", byteCount: Int.random(in: 0...3_000_000, using: &generator)))
        }
        let batches = takeAll(buffer)
        #expect(batches.count > 1)
        try #require(batches.allSatisfy { $0.bytes.count <= SpanBuffer.maximumBatchBytes }, "seed \(seed)")
        try #require(try batches.flatMap { try names($0) } == (0..<15).map { "span \($0)" }, "seed \(seed)")
        #expect(buffer.takeDroppedSpanCount() == 0)
    }

    /// In JSON, spans are separated by commas, and one more letter in a string adds one byte.
    @Test("A batch is filled to the last byte, the separator included", arguments: [(0, [2]), (1, [1, 1])])
    func exactFit(excess: Int, expected: [Int]) throws {
        let empty = SpanEncoder(.json).encode(try span("s"))
        let letters = SpanBuffer.maximumBatchBytes - 2 * empty.count - 1
        let buffer = buffer(.json)
        buffer.append(try span("s", byteCount: 100))
        buffer.append(try span("s", byteCount: letters - 100 + excess))
        let batches = takeAll(buffer)
        #expect(batches.map(\.spanCount) == expected)
        #expect(excess > 0 || batches[0].bytes.count == SpanBuffer.maximumBatchBytes)
    }

    @Test("A span that is over the limit is cut, so that no batch is over it")
    func overLarge() throws {
        let buffer = buffer()
        for (name, byteCount) in [("a", 0), ("large", 6_000_000), ("b", 0), ("c", 0)] {
            buffer.append(try span(name, byteCount: byteCount))
        }
        let batches = takeAll(buffer)
        #expect(try batches.flatMap { try names($0) } == ["a", "large", "b", "c"])
        #expect(batches.allSatisfy { $0.bytes.count <= SpanBuffer.maximumBatchBytes })
    }

    // MARK: The limit of the buffer

    @Test("Beyond the limit the oldest spans are dropped and counted")
    func bound() throws {
        let maximumBytes = 8_000_000
        let buffer = buffer(maximumBytes: maximumBytes)
        for index in 0..<16 { buffer.append(try span("span \(index)", byteCount: 1_000_000)) }
        let dropped = buffer.takeDroppedSpanCount()
        let kept = buffer.spanCount
        let batches = takeAll(buffer)
        #expect(dropped + kept == 16)
        #expect(batches.reduce(0) { $0 + $1.bytes.count } <= maximumBytes)
        #expect(try batches.flatMap { try names($0) } == (dropped..<16).map { "span \($0)" })
        // Whole batches are dropped, so at most one batch too many.
        #expect(batches.reduce(0) { $0 + $1.bytes.count } > maximumBytes - SpanBuffer.maximumBatchBytes)
        #expect(buffer.takeDroppedSpanCount() == 0)
    }

    @Test("The limit holds through any mixture of appending, taking and putting back")
    func boundUnderUse() throws {
        let seed: UInt64 = 20_260_402
        var generator = SeededGenerator(seed: seed)
        let buffer = buffer(maximumBytes: 6_000_000)
        var appended = 0
        var delivered = 0
        var dropped = 0
        for step in 0..<50 {
            if Int.random(in: 0..<3, using: &generator) > 0 {
                buffer.append(try span("s", byteCount: Int.random(in: 0...1_500_000, using: &generator)))
                appended += 1
            } else if let batch = buffer.takeBatch() {
                if Bool.random(using: &generator) { buffer.putBack(batch) } else { delivered += batch.spanCount }
            }
            dropped += buffer.takeDroppedSpanCount()
            try #require(buffer.spanCount == appended - delivered - dropped, "seed \(seed), step \(step)")
        }
        let waiting = takeAll(buffer)
        try #require(waiting.reduce(0) { $0 + $1.bytes.count } <= 6_000_000, "seed \(seed)")
        #expect(dropped > 0 && delivered > 0)
    }

    @Test("The newest span stays, even when it alone is over the limit")
    func newestStays() throws {
        let buffer = buffer(maximumBytes: 1_000)
        buffer.append(try span("old", byteCount: 4_799_000))
        buffer.append(try span("new", byteCount: 50_000))
        #expect(buffer.takeDroppedSpanCount() == 1)
        #expect(try takeAll(buffer).map { try names($0) } == [["new"]])
    }

    @Test("The limit is that of all buffers of a process, however many there are", arguments: [1, 4, 16])
    func sharedBudget(bufferCount: Int) throws {
        let maximumBytes = 4_000_000
        let budget = BufferBudget(maximumBytes: maximumBytes)
        let buffers = (0..<bufferCount).map { _ in SpanBuffer(encoder: SpanEncoder(.protobuf), budget: budget) }
        var droppedCount = 0
        for index in 0..<(16 * 20) {
            buffers[index % bufferCount].append(try span("span \(index)", byteCount: 50_000))
            droppedCount += buffers[index % bufferCount].takeDroppedSpanCount()
        }
        let waitingBytes = buffers.reduce(0) { $0 + $1.pendingBytes }
        #expect(waitingBytes <= maximumBytes)
        #expect(waitingBytes > maximumBytes / 4)
        #expect(buffers.reduce(0) { $0 + $1.spanCount } + droppedCount == 16 * 20)
        // What is delivered makes room again, for any buffer.
        for buffer in buffers { _ = takeAll(buffer) }
        buffers[0].append(try span("last", byteCount: 3_000_000))
        #expect(buffers[0].takeDroppedSpanCount() == 0)
    }

    @Test("A batch that has been let go is as it was, though the next one is written into its memory")
    func spareMemory() throws {
        let buffer = buffer(.json)
        var before: SpanBatch?
        for round in 0..<5 {
            for index in 0..<10 { buffer.append(try span("\(round)/\(index)", byteCount: 100 * (5 - round))) }
            let batch = try #require(buffer.takeBatch())
            #expect(try names(batch, .json) == (0..<10).map { "\(round)/\($0)" })
            if let before { #expect(try names(before, .json) == (0..<10).map { "\(round - 1)/\($0)" }) }
            before = batch
            buffer.acknowledge(batch)
        }
    }

    // MARK: Undelivered batches

    @Test("A batch that is put back is the oldest again")
    func putBack() throws {
        let buffer = buffer()
        for name in ["a", "b"] { buffer.append(try span(name, byteCount: 4_000_000)) }
        let first = try #require(buffer.takeBatch())
        buffer.append(try span("c", byteCount: 4_000_000))
        let second = try #require(buffer.takeBatch())
        buffer.putBack(second)
        buffer.putBack(first)
        #expect(buffer.spanCount == 3)
        #expect(try takeAll(buffer).map { try names($0) } == [["a"], ["b"], ["c"]])
    }

    @Test("Spans that end after a batch was put back come after its spans")
    func appendAfterPutBack() throws {
        let buffer = buffer(.json)
        buffer.append(try span("a"))
        buffer.putBack(try #require(buffer.takeBatch()))
        buffer.append(try span("b"))
        let batches = takeAll(buffer)
        #expect(try batches.flatMap { try names($0, .json) } == ["a", "b"])
    }

    @Test("A batch that is put back into a full buffer is dropped and counted, for it is the oldest")
    func putBackIntoFull() throws {
        let buffer = buffer(maximumBytes: 9_000_000)
        for name in ["a", "b"] { buffer.append(try span(name, byteCount: 4_000_000)) }
        let first = try #require(buffer.takeBatch())
        buffer.append(try span("c", byteCount: 4_000_000))
        buffer.putBack(first)
        #expect(buffer.takeDroppedSpanCount() == 1)
        #expect(try takeAll(buffer).map { try names($0) } == [["b"], ["c"]])
    }

    // MARK: Concurrency

    @Test("Nothing is lost when many tasks append while another one takes and puts back")
    func concurrentAppends() async throws {
        let buffer = buffer()
        let sample = try SpanRecord.sample()
        let taken = try await withThrowingTaskGroup(of: [String?].self) { group in
            for task in 0..<8 {
                group.addTask {
                    for index in 0..<250 {
                        var span = sample
                        span.name = "\(task)/\(index)"
                        buffer.append(span)
                    }
                    return []
                }
            }
            group.addTask {
                var names: [String?] = []
                for step in 0..<200 {
                    guard let batch = buffer.takeBatch() else { continue }
                    if step.isMultiple(of: 2) { buffer.putBack(batch) } else { names += try self.names(batch) }
                }
                return names
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let names = try taken + takeAll(buffer).flatMap { try self.names($0) }
        #expect(names.count == 2_000)
        #expect(Set(names.compactMap(\.self)).count == 2_000)
        #expect(buffer.takeDroppedSpanCount() == 0)
    }
}
