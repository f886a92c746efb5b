import Foundation
import Testing
import WireText

@testable import SessionTracing
@testable import SpanExport
@testable import SpanJournal

@Suite("Damaged journals")
struct JournalDamageTests {
    /// Returns a journal with one acknowledged, three unacknowledged and two open spans, whose file has had others.
    private func journal(_ fixture: JournalFixture) throws -> [UInt8] {
        let process = try fixture.process()
        for _ in 0..<2 { process.run("of an earlier invocation") }
        process.deliverAll()
        process.run("acknowledged")
        process.deliverAll()
        _ = try process.startRoot()
        process.run("acknowledged, too")
        process.deliverAll()
        for name in ["one", "two", "three"] { process.run(name) }
        _ = process.start("open")
        try fixture.end(process)
        return try fixture.bytes()
    }

    /// What a recovery finds in a file.
    private struct Found {
        var undelivered: [SpanKey] = []
        var openNames: [String] = []
        /// The bodies of all records.
        var bodies: [[UInt8]] = []

        /// Reads a file; nil if its head is invalid.
        init?(_ bytes: [UInt8], _ fixture: JournalFixture) throws {
            let path = "\(fixture.path)/journal-1-damaged"
            let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
            try #require(write(descriptor, bytes, bytes.count) == bytes.count)
            close(descriptor)
            let file = try JournalFile.openOrphaned("journal-1-damaged", in: fixture.directory)
            guard file.identity != nil else { return nil }
            var contents = JournalContents()
            while contents.readRecord(of: file) {}
            undelivered = contents.undelivered.map(\.key)
            for span in contents.open {
                let body = file.bytes(at: span.range.lowerBound, count: span.range.count)
                    .dropFirst(JournalRecord.headBytes)
                if let record = JournalRecord(body), let start = SpanStart(record) { openNames.append(start.name) }
            }
            var records = JournalRecords()
            while let body = records.next(of: file) { bodies.append(Array(body)) }
        }
    }

    @Test("A file that ends anywhere gives the whole records before its end")
    func tornTail() throws {
        let fixture = try JournalFixture()
        let bytes = try journal(fixture)
        let whole = try #require(try Found(bytes, fixture))
        #expect(whole.undelivered.count == 3)
        #expect(whole.openNames == ["root", "open"])
        var counts: [Int] = []
        for length in stride(from: 0, to: bytes.count, by: 3) {
            guard let torn = try Found(Array(bytes[..<length]), fixture) else {
                #expect(length < JournalFile.headBytes)
                continue
            }
            let needed = torn.undelivered.filter(whole.undelivered.contains)
            #expect(needed == Array(whole.undelivered.prefix(needed.count)))
            counts.append(torn.bodies.count)
        }
        #expect(counts == counts.sorted())
        #expect(Set(counts) == Set(0..<whole.bodies.count))
    }

    @Test("A bit that flips anywhere never makes another span")
    func bitFlips() throws {
        let fixture = try JournalFixture()
        let bytes = try journal(fixture)
        let whole = try #require(try Found(bytes, fixture))
        for index in stride(from: 0, to: bytes.count, by: 5) {
            var flipped = bytes
            flipped[index] ^= 1 << UInt8(index % 8)
            guard let found = try Found(flipped, fixture) else { continue }
            #expect(found.bodies == Array(whole.bodies.prefix(found.bodies.count)))
        }
    }

    @Test("Any bytes at all are read to an end", arguments: 0..<8)
    func hostileFiles(_ seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let fixture = try JournalFixture()
        let bytes = try journal(fixture)
        for name in try fixture.fileNames { try FileManager.default.removeItem(atPath: "\(fixture.path)/\(name)") }
        for round in 0..<40 {
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
        let bodies = try recordBodies(try JournalFixture())
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
            guard let record = JournalRecord(body[...]) else { continue }
            _ = SpanStart(record)
            _ = JournalScope(record)
        }
        for body in bodies {
            let record = try #require(JournalRecord(body[...]))
            switch record.kind {
            case .start:
                #expect(SpanStart(record) != nil)
                #expect(JournalRecord(body.dropLast()).flatMap { SpanStart($0) } == nil)
                #expect(JournalRecord((body + [0])[...]).flatMap { SpanStart($0) } == nil)
            case .scope:
                #expect(JournalScope(record) != nil)
                #expect(JournalRecord(body.dropLast()).flatMap { JournalScope($0) } == nil)
            case .stored, .acknowledged, .closed, .alive: break
            }
        }
    }

    @Test("Records are indexed up to a limit of each kind; what follows is damage")
    func manyRecords() throws {
        for kind in [JournalRecord.Kind.scope, .start, .stored, .closed] {
            let fixture = try JournalFixture()
            var output = OutputBytes()
            output.append(fixture.identity().head)
            for index in 1...5 {
                let number = UInt64(index)
                let key = SpanKey(try #require(TraceID(high: 1, low: 1)), try #require(SpanID(number)))
                output.appendRecord(kind, number) { record in
                    if kind != .scope { record.append(key) }
                    record.append(littleEndian: number)
                }
            }
            try fixture.write(output.array, name: "journal-1-many")
            let file = try JournalFile.openOrphaned("journal-1-many", in: fixture.directory)
            var contents = JournalContents(maximumSpanCount: 3)
            var count = 0
            while contents.readRecord(of: file) { count += 1 }
            #expect(count == 3, "\(kind)")
            let isDamaged = contents.isDamaged(in: file)
            #expect(isDamaged, "\(kind)")
        }
    }

    @Test("A scope and a start with more attributes than the limit are invalid")
    func manyAttributes() throws {
        for count in [JournalRecord.maximumAttributeCount, JournalRecord.maximumAttributeCount + 1] {
            let isValid = count <= JournalRecord.maximumAttributeCount
            let scope = try record(.scope, attributeCount: count) { record in
                record.append(littleEndian: UInt64(0))
                record.append(littleEndian: UInt32(0))
            }
            #expect((JournalScope(scope) != nil) == isValid)
            let key = SpanKey(try #require(TraceID(high: 1, low: 1)), try #require(SpanID(1)))
            let start = try record(.start, attributeCount: count) { record in
                record.append(key)
                for _ in 0..<2 { record.append(littleEndian: UInt64(1)) }
                record.append(UInt8(0))
                record.append(UInt8(SpanRecord.Kind.internal.rawValue))
                for _ in 0..<2 { record.append(littleEndian: UInt32(0)) }
            }
            #expect((SpanStart(start) != nil) == isValid)
        }
    }

    @Test("Of a start with more attributes than the limit, the first ones are written")
    func writtenAttributes() throws {
        let names = (0..<3_000).map { "k\($0)" }
        let start = SpanStart(
            SpanKey(try #require(TraceID(high: 1, low: 1)), try #require(SpanID(1))),
            parentSpanID: nil,
            isParentRemote: false,
            name: "root",
            kind: .server,
            eventType: nil,
            startUnixNanoseconds: 1,
            attributes: names.map { AttributeList.Entry(key: $0, value: .bool(true)) }
        )
        var output = OutputBytes()
        output.append(start, scopeNumber: 1)
        let record = try #require(JournalRecord(output.array.dropFirst(JournalRecord.headBytes)))
        let read = try #require(SpanStart(record))
        #expect(read.attributes.map(\.key) == Array(names.prefix(JournalRecord.maximumAttributeCount)))
    }

    /// Makes a record with many attributes, whatever a writer would do.
    private func record(
        _ kind: JournalRecord.Kind,
        attributeCount: Int,
        front: (inout OutputBytes) -> Void
    ) throws -> JournalRecord {
        var output = OutputBytes()
        output.appendRecord(kind, 1) { record in
            front(&record)
            for _ in 0..<attributeCount {
                record.append(JournalReader.ValueKind.bool.rawValue)
                record.append(littleEndian: UInt32(1))
                record.append(UInt8(ascii: "k"))
                record.append(UInt8(1))
            }
        }
        return try #require(JournalRecord(output.array.dropFirst(JournalRecord.headBytes)))
    }

    private func recordBodies(_ fixture: JournalFixture) throws -> [[UInt8]] {
        let found = try #require(try Found(try journal(fixture), fixture))
        // A scope, 9 starts, 7 ended spans and 3 acknowledgements.
        try #require(found.bodies.count == 20)
        return found.bodies
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
            let key = SpanKey(span.traceID, spanID)
            #expect(!EncodedSpan.isWhole(bytes[...], of: key, format: format), "\(bytes)")
        }
        let key = SpanKey(span.traceID, span.spanID)
        #expect(EncodedSpan.isWhole(bytes[...], of: key, format: format))
        process.buffer.append(Array("],".utf8), of: SpanKey(span.traceID, otherID), endUnixNanoseconds: 1)
        process.buffer.append(bytes, of: key, endUnixNanoseconds: 1)
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
