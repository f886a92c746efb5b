import Foundation
import Testing

@testable import SessionTracing
@testable import SpanExport

@Suite("Damaged journals")
struct JournalDamageTests {
    /// Returns a journal with one acknowledged, three unacknowledged and two open spans, after an earlier epoch.
    private func journal(_ fixture: JournalFixture) throws -> [UInt8] {
        let process = try fixture.process()
        for _ in 0..<7 { process.run("of an earlier epoch") }
        process.deliverAll()
        process.run("acknowledged")
        process.deliverAll()
        _ = try process.startRoot()
        process.run("acknowledged, too")
        process.deliverAll()
        for name in ["one", "two", "three"] { process.run(name) }
        _ = process.start("open")
        try fixture.end(process)
        return try usedPart(fixture.bytes())
    }

    /// Returns the bytes without the trailing zeros.
    private func usedPart(_ bytes: [UInt8]) throws -> [UInt8] {
        let end = try #require(bytes.lastIndex { $0 != 0 })
        return Array(bytes[...end])
    }

    @Test("A file that ends anywhere gives the whole records before its end")
    func tornTail() throws {
        let bytes = try journal(JournalFixture())
        let whole = try #require(JournalContents(bytes))
        #expect(whole.undelivered.count == 3)
        #expect(whole.open.map(\.start.name) == ["root", "open"])
        var counts: [Int] = []
        for length in 0..<bytes.count {
            guard let torn = JournalContents(Array(bytes[..<length])) else {
                #expect(length < JournalLayout.headBytes)
                continue
            }
            #expect(torn.undelivered == Array(whole.undelivered.prefix(torn.undelivered.count)))
            #expect(torn.open.allSatisfy { span in !torn.acknowledged.contains { $0.spanID == span.start.spanID } })
            counts.append(torn.undelivered.count)
        }
        #expect(counts == counts.sorted())
        #expect(Set(counts) == [0, 1, 2, 3])
    }

    @Test("A bit that flips anywhere never makes another span, nor brings an acknowledged one back")
    func bitFlips() throws {
        let bytes = try journal(JournalFixture())
        let whole = try #require(JournalContents(bytes))
        let startNames: Set = ["root", "one", "two", "three", "open"]
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= 1 << UInt8(index % 8)
            guard let contents = JournalContents(flipped) else { continue }
            #expect(contents.undelivered == Array(whole.undelivered.prefix(contents.undelivered.count)))
            #expect(contents.open.allSatisfy { startNames.contains($0.start.name) })
        }
    }

    @Test("Any bytes at all are read to an end", arguments: 0..<8)
    func hostileFiles(_ seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let fixture = try JournalFixture()
        let bytes = try journal(fixture)
        for name in try fixture.fileNames { try FileManager.default.removeItem(atPath: "\(fixture.path)/\(name)") }
        for round in 0..<60 {
            var hostile = bytes
            for _ in 0..<Int.random(in: 1...40, using: &random) {
                let index = Int.random(in: hostile.indices, using: &random)
                hostile[index] = UInt8.random(in: .min ... .max, using: &random)
            }
            if round % 3 == 0 { hostile = hostile.map { _ in UInt8.random(in: .min ... .max, using: &random) } }
            if round % 5 == 0 { hostile.removeLast(Int.random(in: 0...hostile.count, using: &random)) }
            try fixture.write(hostile)
            _ = fixture.recover()
            #expect(try fixture.fileNames.count <= 1)
        }
    }

    @Test("Records whose content is anything are read within their bounds", arguments: 0..<8)
    func hostileRecords(_ seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let bodies = try recordBodies()
        for _ in 0..<2_000 {
            guard var body = bodies.randomElement(using: &random) else { return }
            for _ in 0..<Int.random(in: 1...4, using: &random) where !body.isEmpty {
                let index = Int.random(in: body.indices, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                // A huge length or count.
                case 0: for offset in index..<min(index + 4, body.count) { body[offset] = 0xFF }
                case 1: body.removeSubrange(index...)
                case 2: body.insert(UInt8.random(in: .min ... .max, using: &random), at: index)
                default: body[index] = UInt8.random(in: .min ... .max, using: &random)
                }
            }
            _ = JournalRecord(body[...])
        }
        for body in bodies { #expect(JournalRecord(body[...]) != nil) }
        for body in bodies where body.first != JournalRecord.Kind.stored.rawValue {
            #expect(JournalRecord(body.dropLast()) == nil)
            #expect(JournalRecord((body + [0])[...]) == nil)
        }
    }

    private func recordBodies() throws -> [[UInt8]] {
        let bytes = try journal(JournalFixture())
        var bodies: [[UInt8]] = []
        let epoch = try #require(JournalContents.epoch(bytes))
        var records = JournalRecords(bytes, epoch: epoch.number, start: epoch.start)
        while let body = records.nextBody() { bodies.append(Array(body)) }
        try #require(bodies.count == 11)
        return bodies
    }

    @Test(
        "Bytes that are no span of their format and ids are dropped, whatever the checksum says",
        arguments: [SpanFormat.protobuf, .json]
    )
    func foreignBytes(_ format: SpanFormat) throws {
        let fixture = try JournalFixture(format: format)
        let process = try fixture.process()
        let span = try SpanRecord.named("whole")
        let bytes = process.buffer.encoder.encode(span)
        let otherID = try #require(SpanID(77))
        let utf16 = bytes.flatMap { [$0, 0] as [UInt8] }
        let hostile: [(SpanID, [UInt8])] = [
            (span.spanID, []), (span.spanID, bytes + bytes), (span.spanID, Array(bytes.dropLast())),
            (span.spanID, bytes + [0x2C]), (span.spanID, [0x5D, 0x7D]), (otherID, bytes), (span.spanID, utf16),
            (span.spanID, [0x20] + bytes),
        ]
        for (spanID, bytes) in hostile {
            let encoded = EncodedSpan(traceID: span.traceID, spanID: spanID, endUnixNanoseconds: 1, bytes: bytes)
            #expect(!WireSpan.isWhole(encoded, format: format), "\(bytes)")
        }
        let encoded = EncodedSpan(traceID: span.traceID, spanID: span.spanID, endUnixNanoseconds: 1, bytes: bytes)
        #expect(WireSpan.isWhole(encoded, format: format))
        process.buffer.append(
            EncodedSpan(traceID: span.traceID, spanID: otherID, endUnixNanoseconds: 1, bytes: Array("],".utf8))
        )
        process.buffer.append(encoded)
        try fixture.end(process)
        #expect(fixture.recover().report == JournalRecoveryReport(endedSpanCount: 1, droppedSpanCount: 1))
    }
}

/// Generates the same numbers for the same seed (https://prng.di.unimi.it/splitmix64.c).
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
