import Testing

@testable import TracedLambda

@Suite("A stream that is read more slowly than it is written")
struct BackPressureTests {
    @Test("Up to the limit nothing waits; beyond it a writer waits until there is room again")
    func waits() async throws {
        let fixture = StreamFixture(maximumUnsentBytes: 10)
        try await fixture.stream.write(bytes(10))
        let isDone = Shared(false)
        let writer = Task {
            try await fixture.stream.write(bytes(1))
            isDone.value = true
            try await fixture.stream.write(bytes(1))
        }
        await untilWaiting(fixture, 1)
        #expect(!isDone.value)
        #expect(fixture.take(1).count == 1)
        await untilWaiting(fixture, 1)
        #expect(isDone.value)
        #expect(fixture.take(1).count == 1)
        try await writer.value
        #expect(fixture.stream.takeAll().count == 10)
        #expect(fixture.stream.summary.writtenCount == 12)
    }

    @Test("All that wait go on when there is room, and no byte is lost or doubled")
    func manyWriters() async throws {
        let fixture = StreamFixture(maximumUnsentBytes: 64)
        let pieces = (0..<40).map { [UInt8](repeating: UInt8($0), count: 100 + $0) }
        let taken = try await withThrowingTaskGroup(of: Void.self) { group in
            for piece in pieces {
                group.addTask { for _ in 0..<20 { try await fixture.stream.write(piece) } }
            }
            let total = pieces.map(\.count).reduce(0, +) * 20
            var taken: [UInt8] = []
            while taken.count < total {
                let part = fixture.take(97)
                taken += part
                if part.isEmpty, await fixture.nextEvent() == nil {
                    // Close the stream, so that a failure does not suspend the writers forever.
                    fixture.stream.abort(reason: "no news came")
                    break
                }
            }
            try await group.waitForAll()
            return taken
        }
        #expect(try runs(of: taken, in: pieces) == Array(repeating: 20, count: 40))
    }

    @Test("A cut lets all that wait go, with an error")
    func cut() async throws {
        let fixture = StreamFixture(maximumUnsentBytes: 0)
        let writers = (0..<5).map { _ in
            Task { await refusal { try await fixture.stream.write(bytes(3)) } }
        }
        await untilWaiting(fixture, 5)
        fixture.stream.abort(reason: "gone")
        for writer in writers { #expect(await writer.value == .closed) }
    }

    @Test("Writers that the handler has left behind go on when their bytes are taken")
    func finishedWhileWaiting() async throws {
        let fixture = StreamFixture(maximumUnsentBytes: 0)
        let writer = Task { await refusal { try await fixture.stream.write(bytes(3)) } }
        await untilWaiting(fixture, 1)
        fixture.stream.finish()
        #expect(fixture.stream.takeAll() == bytes(3))
        #expect(await writer.value == nil)
    }

    private func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: 7, count: count) }

    private func untilWaiting(_ fixture: StreamFixture, _ count: Int) async {
        while fixture.stream.waitingWriterCount < count { await Task.yield() }
    }

    /// Counts the occurrences of each piece in the bytes; an incomplete piece is an error.
    private func runs(of bytes: [UInt8], in pieces: [[UInt8]]) throws -> [Int] {
        var counts = Array(repeating: 0, count: pieces.count)
        var rest = bytes[...]
        while let first = rest.first {
            let piece = try #require(pieces.indices.contains(Int(first)) ? pieces[Int(first)] : nil)
            try #require(rest.starts(with: piece))
            counts[Int(first)] += 1
            rest = rest.dropFirst(piece.count)
        }
        return counts
    }
}
