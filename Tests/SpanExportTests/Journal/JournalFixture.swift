import Foundation
import Instrumentation
import Testing

@testable import SessionTracing
@testable import SpanExport
@testable import SpanJournal

/// A temporary directory for journals.
final class JournalFixture {
    static let owner = "function-1 http://collector.invalid"

    let path: String
    /// A path to which a test may move something.
    var otherPath: String { "\(path)-other" }
    /// The directory in the next process, with a count of its own of the bytes in it.
    let directory: JournalDirectory
    let clock = ManualClock()
    let format: SpanFormat

    init(format: SpanFormat = .json) throws {
        path = FileManager.default.temporaryDirectory.appending(path: "journal-test-\(UUID().uuidString)").path()
        directory = try JournalDirectory(path)
        self.format = format
    }

    deinit {
        for path in [path, otherPath] { try? FileManager.default.removeItem(atPath: path) }
    }

    func identity(owner: String = JournalFixture.owner, format: SpanFormat? = nil) -> JournalIdentity {
        JournalIdentity(owner: owner, format: format ?? self.format)
    }

    /// Simulates a process with its journal and buffer, until ``end(_:)``.
    func process(
        owner: String = JournalFixture.owner,
        format: SpanFormat? = nil,
        maximumBytes: Int = JournalDirectory.maximumBytes,
        maximumBufferBytes: Int = SpanBuffer.maximumBytes,
        write: @escaping JournalDirectory.Write = { pwritev($0, $1, $2, $3) }
    ) throws -> JournaledProcess {
        let directory = try JournalDirectory(path, userID: geteuid(), maximumBytes: maximumBytes, write: write)
        let journal = CrashJournal(
            in: directory,
            identity: identity(owner: owner, format: format),
            clock: clock.traceClock
        )
        return try JournaledProcess(
            journal: journal,
            directory: directory,
            format: format ?? self.format,
            maximumBufferBytes: maximumBufferBytes,
            clock: clock
        )
    }

    /// Simulates a second worker of a process.
    func process(sharing process: JournaledProcess) throws -> JournaledProcess {
        try JournaledProcess(
            journal: CrashJournal(in: process.directory, identity: identity(), clock: clock.traceClock),
            directory: process.directory,
            format: format,
            maximumBufferBytes: SpanBuffer.maximumBytes,
            clock: clock
        )
    }

    /// Leaves the process's file in the state after a kill at this time.
    func end(_ process: JournaledProcess) throws {
        let name = try #require(process.journal.fileName)
        let bytes = Array(try Data(contentsOf: URL(filePath: "\(path)/\(name)")))
        try #require(unlink("\(path)/\(name)") == 0)
        try write(bytes, name: "\(name)-left")
    }

    /// Recovers the journals like the next process; returns the report and the buffer.
    func recover(
        owner: String = JournalFixture.owner,
        format: SpanFormat? = nil,
        into buffer: SpanBuffer? = nil,
        in directory: JournalDirectory? = nil
    ) -> (report: JournalRecoveryReport, buffer: SpanBuffer) {
        let format = format ?? self.format
        let encoder = SpanEncoder(format: format, resource: AttributeList(), scopeVersion: "0")
        let buffer = buffer ?? SpanBuffer(encoder: encoder)
        var report = JournalRecoveryReport()
        let recovery = recovery(owner: owner, format: format, in: directory, bufferedBytes: .max)
        while recovery.step(into: buffer, mayRetry: true, log: { report = report + $0 }) {}
        return (report, buffer)
    }

    func recovery(
        owner: String = JournalFixture.owner,
        format: SpanFormat? = nil,
        clock: TraceClock? = nil,
        in directory: JournalDirectory? = nil,
        bufferedBytes: Int = JournalRecovery.maximumBufferedBytes,
        maximumSpanCount: Int = JournalRecovery.maximumSpanCount
    ) -> JournalRecovery {
        let identity = identity(owner: owner, format: format)
        return JournalRecovery(
            directory ?? self.directory,
            identity: identity,
            clock: clock ?? self.clock.traceClock,
            bufferedBytes: bufferedBytes,
            maximumSpanCount: maximumSpanCount
        )
    }

    /// Returns an empty buffer without a journal.
    func emptyBuffer() -> SpanBuffer {
        SpanBuffer(encoder: SpanEncoder(format: format, resource: AttributeList(), scopeVersion: "0"))
    }

    /// Opens the directory on a disk without free space.
    func fullDisk() throws -> JournalDirectory {
        try JournalDirectory(
            path,
            userID: geteuid(),
            write: { _, _, _, _ in
                errno = ENOSPC
                return -1
            }
        )
    }

    /// Opens the directory again, after a test removed the one that the fixture opened.
    func nextDirectory() throws -> JournalDirectory { try JournalDirectory(path) }

    var fileNames: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
    }

    /// Returns the content of the only journal file.
    func bytes() throws -> [UInt8] {
        let names = try fileNames
        try #require(names.count == 1)
        return try bytes(of: names[0])
    }

    func bytes(of name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: "\(path)/\(name)")))
    }

    /// Writes a file as a process would have left it.
    func write(_ bytes: [UInt8], name: String = "journal-1-left", mode: mode_t = 0o600) throws {
        let file = "\(path)/\(name)"
        try Data(bytes).write(to: URL(filePath: file))
        try #require(chmod(file, mode) == 0)
        let date = Date(timeIntervalSince1970: Double(ManualClock.startUnixSeconds))
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: file)
    }
}

/// The tracing of one process with a journal.
struct JournaledProcess {
    let journal: CrashJournal
    let directory: JournalDirectory
    let buffer: SpanBuffer
    let tracer: InvocationTracer

    /// The invocation's deadline: 3 s after the clock's start, in milliseconds since the Unix epoch.
    static let deadlineUnixMilliseconds = ManualClock.startUnixSeconds * 1_000 + 3_000

    init(
        journal: CrashJournal,
        directory: JournalDirectory,
        format: SpanFormat,
        maximumBufferBytes: Int,
        clock: ManualClock
    ) throws {
        self.journal = journal
        self.directory = directory
        buffer = SpanBuffer(
            encoder: SpanEncoder(format: format, resource: AttributeList(), scopeVersion: "0"),
            budget: BufferBudget(maximumBytes: maximumBufferBytes),
            journal: journal
        )
        tracer = InvocationTracer(
            requestID: "request-1",
            session: Session(
                id: try #require(SessionID("12345678-1234-1234-1234-123456789abc")),
                origin: .event,
                name: "a session",
                project: "demo",
                source: "test"
            ),
            parent: TraceContext(
                traceID: try #require(TraceID(high: 7, low: 8)),
                spanID: try #require(SpanID(9)),
                isSampled: true,
                traceState: "vendor=1"
            ),
            recorder: buffer,
            deadlineUnixMilliseconds: Self.deadlineUnixMilliseconds,
            clock: clock.traceClock
        )
    }

    func startRoot() throws -> TracedSpan {
        tracer.startRootSpan("root", kind: .server, parent: nil) { root in
            root.setAttribute("faas.invocation_id", to: "request-1")
            root.setAttribute("faas.coldstart", to: true)
            root.setAttribute("a.count", to: 5)
            root.setAttribute("a.share", to: 0.5)
        }
    }

    func start(_ name: String) -> TracedSpan {
        tracer.startSpan(name, kind: .client, eventType: .model, context: .topLevel, in: CurrentTrace())
    }

    /// A text in which the search for secrets finds no Base64 to decode.
    static func text(_ byteCount: Int) -> String {
        String(repeating: "p ", count: byteCount / 2)
    }

    func run(_ name: String, payloadBytes: Int = 0) {
        let span = start(name)
        if payloadBytes > 0 { span.setAttribute("payload", to: .string(Self.text(payloadBytes))) }
        span.end()
    }

    /// Makes a span of 4 MB.
    func runLarge(_ name: String) {
        let span = start(name)
        let payload = AttributeValue.string(Self.text(200_000))
        for number in 0..<20 { span.setAttribute("payload.\(number)", to: payload) }
        span.end()
    }

    /// Acknowledges all batches, like a successful flush.
    func deliverAll() {
        while let batch = buffer.takeBatch() { buffer.acknowledge(batch) }
    }
}

extension JournalRecoveryReport {
    static func + (first: Self, second: Self) -> Self {
        JournalRecoveryReport(
            endedSpanCount: first.endedSpanCount + second.endedSpanCount,
            unfinishedSpanCount: first.unfinishedSpanCount + second.unfinishedSpanCount,
            droppedSpanCount: first.droppedSpanCount + second.droppedSpanCount,
            droppedFileCount: first.droppedFileCount + second.droppedFileCount,
            refusedFileCount: first.refusedFileCount + second.refusedFileCount
        )
    }
}

extension CrashJournal {
    /// The number of spans without a copy since the last call.
    func takeGapCount() -> Int { takeGaps().values.reduce(0, +) }
}

extension SpanBuffer {
    /// Takes all pending spans as the body of one request.
    func takeBody() -> [UInt8] {
        var bytes: [UInt8] = []
        while let batch = takeBatch() { bytes += (bytes.isEmpty ? [] : encoder.separator) + batch.bytes }
        return encoder.envelope(bytes)
    }

    func takeNames() throws -> [String] {
        try spanNames(takeBody())
    }
}
