import CurlTransport
import Foundation
import Synchronization
import Testing

@testable import SessionTracing
@testable import SpanExport
@testable import SpanJournal

@Suite("Recovery from a journal")
struct JournalRecoveryTests {
    @Test(
        "Ended spans come back byte for byte, in their order",
        arguments: [SpanFormat.protobuf, .json, .honeyHiveJSON]
    )
    func sameBytes(_ format: SpanFormat) throws {
        let fixture = try JournalFixture(format: format)
        let process = try fixture.process()
        for number in 0..<5 { process.run("step-\(number)", payloadBytes: number * 1_000) }
        let sent = process.buffer.takeBody()
        try fixture.end(process)
        let (report, buffer) = fixture.recover()
        #expect(report == JournalRecoveryReport(endedSpanCount: 5))
        #expect(buffer.spanCount == 5)
        #expect(buffer.takeBody() == sent)
        #expect(try fixture.fileNames.isEmpty)
    }

    @Test("What has been answered is not sent again, what is on its way or put off is")
    func acknowledged() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        _ = try process.startRoot()
        process.run("answered")
        let answered = try #require(process.buffer.takeBatch())
        process.buffer.acknowledge(answered)
        process.run("put off")
        let putOff = try #require(process.buffer.takeBatch())
        process.buffer.putBack(putOff)
        process.run("waiting")
        let onItsWay = try #require(process.buffer.takeBatch())
        #expect(onItsWay.spanCount == 2)
        process.run("new")
        let new = try #require(process.buffer.takeBatch())
        // Answered before those that were taken before it.
        process.buffer.acknowledge(new)
        try fixture.end(process)
        let (report, buffer) = fixture.recover()
        #expect(report.endedSpanCount == 2)
        #expect(try buffer.takeNames() == ["put off", "waiting", "root"])
    }

    @Test(
        "Batches that are answered in another order than they were taken are released",
        arguments: [[1, 2, 0], [2, 0, 1]]
    )
    func otherOrder(order: [Int]) throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        var batches: [SpanBatch] = []
        for index in 0..<3 {
            process.run("s\(index)")
            batches.append(try #require(process.buffer.takeBatch()))
        }
        process.buffer.acknowledge(batches[order[0]])
        process.buffer.lose(batches[order[1]])
        process.buffer.acknowledgeLostSpans()
        process.buffer.putBack(batches[order[2]])
        try fixture.end(process)
        #expect(try fixture.recover().buffer.takeNames() == ["s\(order[2])"])
    }

    @Test("Of a batch that was sent in parts, what was answered is not sent again, and the rest is")
    func halves() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        _ = try process.startRoot()
        for index in 0..<8 { process.run("s\(index)") }
        let whole = try #require(process.buffer.takeBatch())
        #expect(process.buffer.putBackHalves(of: whole))
        let first = try #require(process.buffer.takeBatch())
        #expect(first.spanCount == 4)
        #expect(process.buffer.putBackHalves(of: first))
        let quarter = try #require(process.buffer.takeBatch())
        process.buffer.acknowledge(quarter)
        let next = try #require(process.buffer.takeBatch())
        process.buffer.putBack(next)
        try fixture.end(process)
        let (report, buffer) = fixture.recover()
        #expect(report.endedSpanCount == 6)
        #expect(try buffer.takeNames() == ["s2", "s3", "s4", "s5", "s6", "s7", "root"])
    }

    @Test("Spans that were not kept are not recovered, also if older ones wait", arguments: [false, true])
    func notKept(hasOlder: Bool) throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        if hasOlder {
            let older = try process.startRoot()
            older.end()
        }
        process.buffer.beginUndecided()
        let root = try process.startRoot()
        for index in 0..<3 { process.run("s\(index)") }
        root.end()
        #expect(process.buffer.decide { _ in false } == 4)
        try fixture.end(process)
        #expect(fixture.recover().report == JournalRecoveryReport(endedSpanCount: hasOlder ? 1 : 0))
    }

    @Test("Spans of an invocation whose process ended before the decision are recovered")
    func undecided() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        process.buffer.beginUndecided()
        _ = try process.startRoot()
        process.run("step")
        try fixture.end(process)
        #expect(fixture.recover().report == JournalRecoveryReport(endedSpanCount: 1, unfinishedSpanCount: 1))
    }

    @Test("A batch that was delivered in parts leaves nothing behind")
    func allParts() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        let root = try process.startRoot()
        for index in 0..<5 { process.run("s\(index)") }
        root.end()
        while let batch = process.buffer.takeBatch() {
            if !process.buffer.putBackHalves(of: batch) { process.buffer.acknowledge(batch) }
        }
        try fixture.end(process)
        #expect(fixture.recover().report == JournalRecoveryReport())
    }

    @Test("After a delivered invocation nothing is left, and the next one begins at the front")
    func rewind() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        for _ in 0..<3 {
            let root = try process.startRoot()
            process.run("delivered", payloadBytes: 10_000)
            root.end()
            process.deliverAll()
        }
        process.run("short")
        try fixture.end(process)
        let (report, buffer) = fixture.recover()
        #expect(report == JournalRecoveryReport(endedSpanCount: 1))
        #expect(try buffer.takeNames() == ["short"])
    }

    @Test("What one process has recovered, the next one finds once, until it is delivered")
    func recoveredAgain() throws {
        let fixture = try JournalFixture()
        let first = try fixture.process()
        _ = try first.startRoot()
        first.run("step")
        try fixture.end(first)
        let second = try fixture.process()
        let found = JournalRecoveryReport(endedSpanCount: 1, unfinishedSpanCount: 1)
        #expect(fixture.recover(into: second.buffer).report == found)
        #expect(fixture.recover(into: second.buffer).report.isEmpty)
        try fixture.end(second)
        let third = try fixture.process()
        #expect(fixture.recover(into: third.buffer).report == JournalRecoveryReport(endedSpanCount: 2))
        third.deliverAll()
        try fixture.end(third)
        #expect(fixture.recover().report.isEmpty)
    }

    @Test("A process that ended amid recovery leaves both files: each span is found once")
    func twoCopies() throws {
        let fixture = try JournalFixture()
        let first = try fixture.process()
        _ = try first.startRoot()
        first.run("step")
        try fixture.end(first)
        let copy = try fixture.bytes()
        let second = try fixture.process()
        _ = fixture.recover(into: second.buffer)
        try fixture.end(second)
        try fixture.write(copy)
        let (report, buffer) = fixture.recover()
        #expect(report.endedSpanCount + report.unfinishedSpanCount == 2)
        #expect(report.droppedSpanCount == 0)
        #expect(try buffer.takeNames().sorted() == ["root", "step"])
    }

    @Test("Bytes of another format are dropped and counted")
    func otherFormat() throws {
        let fixture = try JournalFixture(format: .json)
        let process = try fixture.process()
        _ = try process.startRoot()
        process.run("step")
        try fixture.end(process)
        let (report, buffer) = fixture.recover(format: .protobuf)
        #expect(report == JournalRecoveryReport(droppedSpanCount: 2))
        #expect(buffer.spanCount == 0)
        #expect(fixture.recover().report.isEmpty)
    }

    @Test("Another function's journal is left to that function, until it is a day old")
    func otherOwner() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process(owner: "function-2")
        process.run("step")
        try fixture.end(process)
        let bytes = try fixture.bytes()
        for _ in 0...3 { #expect(fixture.recover().report.isEmpty) }
        #expect(fixture.recover(owner: "function-2").report.endedSpanCount == 1)
        try fixture.write(bytes)
        fixture.clock.advance(by: .seconds(JournalRecovery.maximumAgeSeconds))
        #expect(fixture.recover().report.isEmpty)
        #expect(try fixture.fileNames.count == 1)
        fixture.clock.advance(by: .seconds(1))
        #expect(fixture.recover().report.isEmpty)
        #expect(try fixture.fileNames.isEmpty)
    }

    /// Records that processes have ended while they read a file, by default the only one.
    private func setAttemptCount(_ count: Int, _ fixture: JournalFixture, of name: String? = nil) throws {
        let name = try #require(try name ?? fixture.fileNames.first)
        let file = try JournalFile.openOrphaned(name, in: fixture.directory)
        file[.attemptCount] = UInt8(count)
    }

    private func attemptCount(_ fixture: JournalFixture, of name: String? = nil) throws -> UInt8 {
        let name = try #require(try name ?? fixture.fileNames.first)
        return try #require(try fixture.bytes(of: name).dropFirst(JournalFile.Mark.attemptCount.rawValue).first)
    }

    @Test("A journal over which processes keep ending is given up: the log has its spans before it goes")
    func attempts() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        _ = try process.startRoot()
        process.run("step")
        try fixture.end(process)
        try setAttemptCount(JournalRecovery.maximumAttemptCount, fixture)
        let recovery = fixture.recovery()
        let buffer = process.buffer
        _ = recovery.step(into: buffer, mayRetry: true) { report in
            #expect(report == JournalRecoveryReport(droppedSpanCount: 2))
            #expect((try? fixture.fileNames.count) == 1)
        }
        #expect(try fixture.fileNames.isEmpty)
    }

    @Test("A journal of which not even the spans can be counted is given up as unreadable")
    func uncountable() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        process.run("step")
        try fixture.end(process)
        let maximum = JournalRecovery.maximumAttemptCount + JournalRecovery.maximumCountAttemptCount
        try setAttemptCount(maximum - 1, fixture)
        let left = try fixture.bytes()
        #expect(fixture.recover().report == JournalRecoveryReport(droppedSpanCount: 1))
        try fixture.write(left)
        try setAttemptCount(maximum, fixture)
        #expect(fixture.recover().report == JournalRecoveryReport(droppedFileCount: 1))
        #expect(try fixture.fileNames.isEmpty)
    }

    @Test("After a failed attempt a journal is read only while no handler runs, and then whole")
    func retry() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        process.run("step")
        try fixture.end(process)
        try setAttemptCount(JournalRecovery.maximumAttemptCount - 1, fixture)
        let encoder = SpanEncoder(format: .json, resource: AttributeList(), scopeVersion: "0")
        let buffer = SpanBuffer(encoder: encoder)
        let recovery = fixture.recovery()
        #expect(recovery.step(into: buffer, mayRetry: false, log: { _ in }))
        #expect(buffer.isEmpty)
        #expect(try attemptCount(fixture) == 2)
        // The same process reads it later.
        #expect(!recovery.step(into: buffer, mayRetry: true, log: { _ in }))
        #expect(buffer.spanCount == 1)
        #expect(try fixture.fileNames.isEmpty)
    }

    @Test("After a failed attempt, a journal that a step has left half read is not read while a handler runs")
    func retryInSteps() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        for number in 0..<100 { process.run("step-\(number)") }
        try fixture.end(process)
        try setAttemptCount(1, fixture)
        let buffer = fixture.emptyBuffer()
        let recovery = fixture.recovery(clock: slowClock())
        // The first step reads some of the records.
        #expect(recovery.step(into: buffer, mayRetry: true, log: { _ in }))
        var logCount = 0
        for _ in 0..<20 { #expect(recovery.step(into: buffer, mayRetry: false, log: { _ in logCount += 1 })) }
        #expect(logCount == 0)
        #expect(buffer.isEmpty)
        #expect(try attemptCount(fixture) == 1)
        var stepCount = 1
        while stepCount < 100, recovery.step(into: buffer, mayRetry: true, log: { _ in }) { stepCount += 1 }
        #expect(buffer.spanCount == 100)
        #expect(try fixture.fileNames.isEmpty)
    }

    @Test("Of a journal with more spans than the limit, the rest counts as unreadable", arguments: [10, 11])
    func manySpans(_ count: Int) throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        for number in 0..<count { process.run("step-\(number)") }
        try fixture.end(process)
        let buffer = fixture.emptyBuffer()
        var report = JournalRecoveryReport()
        let recovery = fixture.recovery(maximumSpanCount: 10)
        #expect(!recovery.step(into: buffer, mayRetry: true, log: { report = report + $0 }))
        #expect(report == JournalRecoveryReport(endedSpanCount: 10, droppedFileCount: count - 10))
        #expect(try buffer.takeNames() == (0..<10).map { "step-\($0)" })
        #expect(try fixture.fileNames.isEmpty)
    }

    @Test("On a full disk, too, the spans that a step took are marked, once the log has its report")
    func takenOnFullDisk() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        _ = try process.startRoot()
        for number in 0..<18 { process.run("step-\(number)") }
        try fixture.end(process)
        let fullDisk = try fixture.fullDisk()
        let buffer = fixture.emptyBuffer()
        let before = try fixture.bytes()
        var amid: [UInt8] = []
        let recordsStart = JournalFile.headBytes
        // All records are read, and some of the spans are taken.
        _ = fixture.recovery(clock: slowClock(), in: fullDisk).step(into: buffer, mayRetry: true) { _ in
            amid = (try? fixture.bytes()) ?? []
        }
        let takenCount = buffer.spanCount
        try #require(takenCount > 0)
        #expect(Array(amid.dropFirst(recordsStart)) == Array(before.dropFirst(recordsStart)))
        #expect(try fixture.bytes().count == before.count)
        let expected = JournalRecoveryReport(endedSpanCount: 18 - takenCount, unfinishedSpanCount: 1)
        #expect(fixture.recover().report == expected)
    }

    @Test("On a full disk, too, an open span that was taken is marked")
    func openSpanOnFullDisk() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        _ = try process.startRoot()
        try fixture.end(process)
        let fullDisk = try fixture.fullDisk()
        let buffer = fixture.emptyBuffer()
        // The step ends with the first span in the buffer, before the journal is finished.
        let recovery = fixture.recovery(in: fullDisk, bufferedBytes: 1)
        #expect(recovery.step(into: buffer, mayRetry: true, log: { _ in }))
        #expect(try buffer.takeNames() == ["root"])
        let bytes = try fixture.bytes()
        try fixture.write(bytes, name: "journal-1-copy")
        #expect(fixture.recover().report.isEmpty)
        #expect(!recovery.step(into: buffer, mayRetry: true, log: { _ in }))
    }

    @Test("A process that is killed amid a step has marked the spans that it took", arguments: [false, true])
    func killedAmidStep(isDiskFull: Bool) throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        for number in 0..<20 { process.run("step-\(number)") }
        let name = try #require(process.journal.fileName) + "-left"
        try fixture.end(process)
        let buffer = try fixture.process().buffer
        var left: [UInt8] = []
        // The buffer's own journal has space left in its last block.
        let directory = isDiskFull ? try fixture.fullDisk() : fixture.directory
        // 20 records are read, and some of the spans are taken.
        _ = fixture.recovery(clock: slowClock(), in: directory).step(into: buffer, mayRetry: true) { _ in
            left = (try? fixture.bytes(of: name)) ?? []
        }
        let takenCount = buffer.spanCount
        try #require(takenCount > 0)
        for name in try fixture.fileNames { try FileManager.default.removeItem(atPath: "\(fixture.path)/\(name)") }
        try fixture.write(left)
        #expect(fixture.recover().report.endedSpanCount == 20 - takenCount)
    }

    @Test("A process that is killed amid a step has failed at the journal that it reads, and at no other")
    func attemptsAmidStep() throws {
        let fixture = try JournalFixture()
        for number in 0..<3 {
            let process = try fixture.process()
            process.run("step-\(number)")
            let name = try #require(process.journal.fileName) + "-left"
            try fixture.end(process)
            try setAttemptCount(number, fixture, of: name)
        }
        var amid: [UInt8] = []
        let recovery = fixture.recovery()
        let hasMore = recovery.step(into: fixture.emptyBuffer(), mayRetry: true) { _ in
            amid = (try? fixture.fileNames.map { try attemptCount(fixture, of: $0) }) ?? []
        }
        #expect(!hasMore)
        #expect(amid.sorted() == [0, 1, 2])
    }

    @Test("Of a journal that is given up, the spans that another journal has are not counted", arguments: [1, 9])
    func givenUpCopies(_ number: Int) throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        for number in 0..<3 { process.run("step-\(number)") }
        let name = try #require(process.journal.fileName)
        let bytes = try fixture.bytes(of: name)
        process.run("other")
        // The journal of the process that was killed while it moved the spans.
        try fixture.end(process)
        try fixture.write(bytes, name: "journal-\(number)-given-up")
        try setAttemptCount(JournalRecovery.maximumAttemptCount, fixture, of: "journal-\(number)-given-up")
        let (report, buffer) = fixture.recover()
        #expect(report == JournalRecoveryReport(endedSpanCount: 4))
        #expect(buffer.spanCount == 4)
        #expect(try fixture.fileNames.isEmpty)
    }

    @Test("Processes that end after they have moved a span have not failed: the rest is read")
    func progress() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        for number in 0..<20 { process.run("step-\(number)") }
        let name = try #require(process.journal.fileName) + "-left"
        try fixture.end(process)
        try setAttemptCount(JournalRecovery.maximumAttemptCount - 1, fixture)
        let next = try fixture.process()
        do {
            // The step ends amid the spans.
            let recovery = fixture.recovery(clock: slowClock())
            #expect(recovery.step(into: next.buffer, mayRetry: true, log: { _ in }))
            try #require((1..<20).contains(next.buffer.spanCount))
            #expect(try attemptCount(fixture, of: name) == 0)
        }
        try fixture.end(next)
        #expect(fixture.recover().report == JournalRecoveryReport(endedSpanCount: 20))
    }

    @Test("What a killed process counted, but did not log, the next one counts again")
    func killedBeforeLog() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        for number in 0..<3 { process.run("step-\(number)") }
        try fixture.end(process)
        try setAttemptCount(JournalRecovery.maximumAttemptCount, fixture)
        let expected = JournalRecoveryReport(droppedSpanCount: 3)
        var left: [UInt8] = []
        _ = fixture.recovery().step(into: fixture.emptyBuffer(), mayRetry: true) { report in
            #expect(report == expected)
            left = (try? fixture.bytes()) ?? []
        }
        #expect(try fixture.fileNames.isEmpty)
        try fixture.write(left)
        #expect(fixture.recover().report == expected)
    }

    @Test("Of a damaged journal, a process that is killed before it logs the damage leaves it to the next one")
    func damageBeforeLog() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        for number in 0..<10 { process.run("step-\(number)") }
        let name = try #require(process.journal.fileName)
        let handle = try FileHandle(forUpdating: URL(filePath: "\(fixture.path)/\(name)"))
        let end = try handle.seekToEnd()
        process.run("damaged")
        try handle.seek(toOffset: end + 20)
        try handle.write(contentsOf: Data(repeating: 0xFF, count: 10))
        try fixture.end(process)
        var reports: [JournalRecoveryReport] = []
        var left: [UInt8] = []
        let buffer = fixture.emptyBuffer()
        // The first step ends after one span.
        let recovery = fixture.recovery(bufferedBytes: 1)
        #expect(
            recovery.step(into: buffer, mayRetry: true) { report in
                reports.append(report)
                left = (try? fixture.bytes()) ?? []
            }
        )
        #expect(reports.map(\.droppedFileCount) == [1])
        // The log has it now.
        let after = try fixture.bytes()
        for name in try fixture.fileNames { try FileManager.default.removeItem(atPath: "\(fixture.path)/\(name)") }
        try fixture.write(after, name: "journal-1-after")
        #expect(fixture.recover().report == JournalRecoveryReport(endedSpanCount: 9))
        try fixture.write(left)
        #expect(fixture.recover().report.droppedFileCount == 1)
    }

    @Test("A journal of which the log has the loss counts no more, should its removal fail")
    func reported() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        process.run("step")
        try fixture.end(process)
        let name = try #require(try fixture.fileNames.first)
        do {
            let file = try JournalFile.openOrphaned(name, in: fixture.directory)
            file[.isReported] = 1
        }
        #expect(fixture.recover().report.isEmpty)
        #expect(try fixture.fileNames.isEmpty)
    }

    @Test("A span that cannot be sent stays until the log has counted it")
    func incompleteBeforeLog() throws {
        let fixture = try JournalFixture(format: .json)
        let process = try fixture.process()
        process.run("step")
        try fixture.end(process)
        let other = SpanBuffer(
            encoder: SpanEncoder(format: .protobuf, resource: AttributeList(), scopeVersion: "0")
        )
        var left: [UInt8] = []
        var counts: [Int] = []
        for _ in 0..<2 {
            if !left.isEmpty { try fixture.write(left) }
            _ = fixture.recovery().step(into: other, mayRetry: true) { report in
                counts.append(report.droppedSpanCount)
                left = (try? fixture.bytes()) ?? []
            }
        }
        #expect(counts == [1, 1])
        #expect(other.isEmpty)
    }

    /// Returns a clock of which every reading takes a millisecond.
    private func slowClock() -> TraceClock {
        let readings = Mutex<UInt64>(0)
        return TraceClock(
            wallNanoseconds: { ManualClock.startUnixSeconds * 1_000_000_000 },
            monotonicNanoseconds: {
                readings.withLock { count in
                    count += 1
                    return count * 1_000_000
                }
            }
        )
    }

    @Test("A step ends after its time, and later ones go on, also in another process: each span is found once")
    func steps() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        _ = try process.startRoot()
        for number in 0..<200 { process.run("step-\(number)") }
        try fixture.end(process)
        let expected = (0..<200).map { "step-\($0)" } + ["root"]
        let encoder = SpanEncoder(format: .json, resource: AttributeList(), scopeVersion: "0")
        var names: [String] = []
        var lifeCount = 0
        var stepCount = 0
        while try !fixture.fileNames.isEmpty {
            try #require(lifeCount < 100)
            lifeCount += 1
            // The first process ends amid the spans, after it has indexed all records.
            let maximumStepCount = lifeCount == 1 ? 10 : 40
            let recovery = fixture.recovery(clock: slowClock())
            let buffer = SpanBuffer(encoder: encoder)
            for _ in 0..<maximumStepCount where recovery.step(into: buffer, mayRetry: true, log: { _ in }) {
                stepCount += 1
            }
            if try !fixture.fileNames.isEmpty { #expect(try attemptCount(fixture) == 0) }
            names += buffer.isEmpty ? [] : try buffer.takeNames()
        }
        #expect(names == expected)
        #expect(lifeCount == 2)
        #expect(stepCount > 10)
    }

    @Test("Recovery leaves on the disk what the buffer has no room for")
    func roomInBuffer() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        for number in 0..<100 { process.run("step-\(number)", payloadBytes: 200_000) }
        try fixture.end(process)
        let encoder = SpanEncoder(format: .json, resource: AttributeList(), scopeVersion: "0")
        let buffer = SpanBuffer(encoder: encoder)
        let recovery = fixture.recovery()
        var names: [String] = []
        while recovery.step(into: buffer, mayRetry: true, log: { _ in }) {
            #expect(buffer.pendingBytes < JournalRecovery.maximumBufferedBytes + 300_000)
            names += try buffer.takeNames()
        }
        names += try buffer.takeNames()
        #expect(names == (0..<100).map { "step-\($0)" })
        #expect(buffer.takeDroppedSpanCount() == 0)
    }

    @Test("Sparse files, files of no records and times at the limits of an integer are passed over")
    func hostileFiles() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process(owner: "function-2")
        process.run("step")
        try fixture.end(process)
        let bytes = try fixture.bytes()
        for number in 0..<20 {
            let name = "journal-1-\(number)"
            let content = number % 2 == 0 ? bytes : fixture.identity().head
            try fixture.write(content, name: name)
            try #require(truncate("\(fixture.path)/\(name)", JournalDirectory.maximumBytes) == 0)
            var times = [timespec(tv_sec: .min, tv_nsec: 0), timespec(tv_sec: number < 10 ? .min : .max, tv_nsec: 0)]
            utimensat(AT_FDCWD, "\(fixture.path)/\(name)", &times, 0)
        }
        let recovery = fixture.recovery(clock: slowClock())
        let buffer = process.buffer
        // One reading of the clock for each file and for each of its records.
        #expect(!recovery.step(into: buffer, mayRetry: true, log: { _ in }))
    }

    @Test("A process that has delivered all removes its file, any other leaves it")
    func removal() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        process.run("step")
        process.journal.removeIfFullyAcknowledged()
        #expect(try fixture.fileNames.count == 1)
        process.deliverAll()
        process.journal.removeIfFullyAcknowledged()
        #expect(try fixture.fileNames.isEmpty)
    }

    @Test(
        "The exporter settles what the collector has answered, good or bad, and keeps what it puts off",
        arguments: [true, false]
    )
    func exporter(isLogged: Bool) throws {
        let fixture = try JournalFixture()
        let process = try fixture.process()
        let network = FakeNetwork([.answer(200), .answer(400), .failure(.timedOut)])
        var exporter = network.exporter()
        for name in ["accepted", "refused", "deferred"] {
            process.run(name)
            _ = exporter.flush(process.buffer, budget: .seconds(1))
            if isLogged { process.buffer.acknowledgeLostSpans() }
        }
        try fixture.end(process)
        #expect(try fixture.recover().buffer.takeNames() == (isLogged ? [] : ["refused"]) + ["deferred"])
    }
}
