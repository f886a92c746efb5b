import Foundation
import ScriptedServer
import Testing

@testable import SessionTracing
@testable import SpanJournal

@Suite("Journals of real processes")
struct JournalProcessTests {
    /// Starts the probe from the directory of the tests' own executable.
    private func probe(_ fixture: JournalFixture, _ how: String) throws -> ChildProcess {
        let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let products = URL(filePath: executable).deletingLastPathComponent()
        return try ChildProcess([products.appending(path: "JournalProbe").path(), fixture.path, how])
    }

    @Test("However a process ends, its open span is found", arguments: ["trap", "abort", "segfault", "exit"])
    func ends(_ how: String) throws {
        let fixture = try JournalFixture()
        var child = try probe(fixture, how)
        let (_, output) = child.finish()
        #expect(String(decoding: output, as: UTF8.self) == "ready\n")
        let (report, buffer) = fixture.recover(owner: "probe")
        #expect(report == JournalRecoveryReport(unfinishedSpanCount: 1))
        #expect(try buffer.takeNames() == ["root"])
        #expect(fixture.recover(owner: "probe").report.isEmpty)
    }

    @Test("While its process lives, a journal is left to it; of two, only the ended one's is taken")
    func twoProcesses() throws {
        let fixture = try JournalFixture()
        var living = try probe(fixture, "hold")
        var killed = try probe(fixture, "hold")
        #expect(living.readLine() == "ready")
        #expect(killed.readLine() == "ready")
        #expect(fixture.recover(owner: "probe").report.isEmpty)
        killed.kill()
        _ = killed.finish()
        #expect(fixture.recover(owner: "probe").report == JournalRecoveryReport(unfinishedSpanCount: 1))
        #expect(try fixture.fileNames.count == 1)
        living.kill()
        _ = living.finish()
        #expect(fixture.recover(owner: "probe").report == JournalRecoveryReport(unfinishedSpanCount: 1))
    }

    @Test("Killed amid its writing, a process leaves all that it had told of and nothing twice", arguments: 0..<24)
    func killed(_ seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let fixture = try JournalFixture()
        var child = try probe(fixture, "write")
        #expect(child.readLine() == "ready")
        var told: [String] = []
        for _ in 0..<Int.random(in: 0..<100, using: &random) {
            let line = child.readLine()
            told.append(try #require(line))
        }
        child.kill()
        told += String(decoding: child.finish().output, as: UTF8.self).split(separator: "\n").map(String.init)

        let (report, buffer) = fixture.recover(owner: "probe")
        #expect(report.droppedSpanCount == 0)
        #expect(report.droppedFileCount == 0)
        var names = try buffer.takeNames()
        #expect(names.contains("root"))
        #expect(Set(names).count == names.count)
        let unfinished = report.unfinishedSpanCount - 1
        names.removeAll { $0 == "root" }
        let acknowledgedCount = told.count { $0 == "acknowledged" }
        let toldCount = told.count - acknowledgedCount
        // When the process ends, the journal may contain one more span than was printed, and one more batch may be
        // acknowledged.
        let first = names.first.flatMap { Int($0.dropFirst("span-".count)) } ?? toldCount
        #expect(names == (first..<(first + names.count)).map { "span-\($0)" })
        #expect((toldCount...(toldCount + 1)).contains(first + names.count))
        #expect([acknowledgedCount * 30, (acknowledgedCount + 1) * 30].contains(first) || names.isEmpty)
        #expect((0...1).contains(unfinished))
    }

    @Test("However many processes end after they have read a journal, its spans stay until they are delivered")
    func deathsAfterRecovery() throws {
        let fixture = try JournalFixture()
        let process = try fixture.process(owner: "probe")
        for number in 0..<3 { process.run("step-\(number)") }
        try fixture.end(process)
        for _ in 0..<(2 * JournalRecovery.maximumAttemptCount) {
            var child = try probe(fixture, "recover")
            _ = child.finish()
        }
        let (report, buffer) = fixture.recover(owner: "probe")
        // The probe's own root spans, each of a process that ended.
        let rootCount = 2 * JournalRecovery.maximumAttemptCount
        #expect(report.droppedSpanCount == 0)
        #expect(report.droppedFileCount == 0)
        #expect(
            try buffer.takeNames().sorted() == Array(repeating: "root", count: rootCount) + (0..<3).map { "step-\($0)" }
        )
    }

    @Test("Killed at any point of a recovery, a process leaves each span once", arguments: 0..<12)
    func killedInRecovery(_ seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let fixture = try JournalFixture()
        for part in 0..<4 {
            let process = try fixture.process(owner: "probe")
            for number in 0..<50 { process.run("step-\(part)-\(number)", payloadBytes: 4_000) }
            try fixture.end(process)
        }
        for _ in 0..<2 {
            var child = try probe(fixture, "recover-slowly")
            #expect(child.readLine() == "ready")
            for _ in 0..<Int.random(in: 0..<150, using: &random) where child.readLine() == nil { break }
            child.kill()
            _ = child.finish()
        }
        let (report, buffer) = fixture.recover(owner: "probe")
        #expect(report.droppedSpanCount == 0)
        #expect(report.droppedFileCount == 0)
        let names = try buffer.takeNames().filter { $0 != "root" }
        #expect(names.count == 200)
        #expect(Set(names).count == 200)
    }

    @Test("A process whose file is truncated while it writes is not ended by that")
    func truncated() throws {
        let fixture = try JournalFixture()
        var child = try probe(fixture, "write")
        #expect(child.readLine() == "ready")
        for _ in 0..<20 {
            for name in try fixture.fileNames { truncate("\(fixture.path)/\(name)", 0) }
            for _ in 0..<5 {
                let line = child.readLine()
                #expect(line != nil)
            }
        }
        child.kill()
        _ = child.finish()
    }

    @Test("A process that may write no larger file is not ended by its journal")
    func fileSizeLimit() throws {
        let fixture = try JournalFixture()
        var child = try probe(fixture, "limited")
        let (code, output) = child.finish()
        #expect(code == 0)
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
        // Two spans of 100 kB fit; of each of the others, the end or both start and end do not.
        #expect(lines.last?.hasPrefix("unjournaled ") == true)
        #expect(lines.last != "unjournaled 0")
        #expect(fixture.recover(owner: "probe").report.endedSpanCount >= 2)
    }
}
