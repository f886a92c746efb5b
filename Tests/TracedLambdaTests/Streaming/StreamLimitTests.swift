import Testing

@testable import TracedLambda

@Suite("The limits of a stream")
struct StreamLimitTests {
    private static let limit = 200 * 1024 * 1024
    private static let pieceBytes = 1024 * 1024

    @Test("More than 200 MiB are refused, at once or in sum, before any of it is taken in", arguments: [0, 1])
    func tooLarge(before count: Int) async throws {
        let fixture = StreamFixture()
        try await fixture.stream.write([UInt8](repeating: 1, count: count))
        // The collection stores one byte and reports a large count.
        let piece = repeatElement(UInt8(2), count: Self.limit + 1 - count)
        #expect(await refusal { try await fixture.stream.write(piece) } == .tooLarge)
        #expect(fixture.stream.summary.writtenCount == count)
        try await fixture.stream.write("!")
        #expect(fixture.stream.takeAll().count == count + 1)
    }

    @Test("200 MiB go through, whatever the head, and not a byte more")
    func exactly() async throws {
        let fixture = StreamFixture(maximumUnsentBytes: .max)
        try fixture.stream.start(ResponseHead(headers: ["X-Long": String(repeating: "h", count: 1_000)]))
        let piece = [UInt8](repeating: 1, count: Self.pieceBytes)
        for _ in 0..<(Self.limit / Self.pieceBytes) {
            try await fixture.stream.write(piece)
            _ = fixture.stream.takeAll()
        }
        #expect(fixture.stream.summary.writtenCount == Self.limit)
        #expect(await refusal { try await fixture.stream.write("!") } == .tooLarge)
    }

    @Test("A large piece is taken in linear time")
    func largePiece() async throws {
        let fixture = StreamFixture(maximumUnsentBytes: .max)
        try await fixture.stream.write([UInt8](repeating: 1, count: 64 * Self.pieceBytes))
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4 * 1024, alignment: 1)
        defer { buffer.deallocate() }
        var count = 0
        let clock = ContinuousClock()
        let time = clock.measure {
            while case let taken = fixture.stream.take(into: buffer), taken > 0 { count += taken }
        }
        #expect(count == 64 * Self.pieceBytes)
        // Moving all remaining bytes after each 256 KiB would move 8 GiB.
        #expect(time < .seconds(2))
    }
}
