import Foundation
import Instrumentation
import Testing

@testable import SessionTracing
@testable import SpanExport

/// A temporary directory for journals.
final class JournalFixture {
    static let owner = "function-1 http://collector.invalid"

    let path: String
    let directory: JournalDirectory
    let clock = ManualClock()
    let format: SpanFormat

    init(format: SpanFormat = .json) throws {
        path = FileManager.default.temporaryDirectory.appending(path: "journal-test-\(UUID().uuidString)").path()
        directory = try JournalDirectory(path)
        self.format = format
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func identity(owner: String = JournalFixture.owner, format: SpanFormat? = nil) -> JournalIdentity {
        JournalIdentity(owner: owner, format: format ?? self.format)
    }

    /// Simulates a process with its journal and buffer, until ``end(_:)``.
    func process(
        owner: String = JournalFixture.owner,
        format: SpanFormat? = nil,
        maximumBytes: Int = CrashJournal.maximumBytes,
        maximumBufferBytes: Int = SpanBuffer.defaultMaximumBytes,
        reserve: @escaping JournalFile.Reserve = { posix_fallocate($0, $1, $2) }
    ) throws -> JournaledProcess {
        let journal = try CrashJournal(
            in: directory,
            identity: identity(owner: owner, format: format),
            maximumBytes: maximumBytes,
            reserve: reserve
        )
        return try JournaledProcess(
            journal: journal,
            format: format ?? self.format,
            maximumBufferBytes: maximumBufferBytes,
            clock: clock
        )
    }

    /// Leaves the process's file in the state after a kill at this time.
    func end(_ process: JournaledProcess) throws {
        let file = "\(path)/\(process.journal.fileName)"
        let bytes = Array(try Data(contentsOf: URL(filePath: file)))
        try #require(unlink(file) == 0)
        try write(bytes, name: "\(process.journal.fileName)-left")
    }

    /// Recovers the journals like the next process; returns the report and the buffer.
    func recover(
        owner: String = JournalFixture.owner,
        format: SpanFormat? = nil,
        into buffer: SpanBuffer? = nil
    ) -> (report: JournalRecoveryReport, buffer: SpanBuffer) {
        let format = format ?? self.format
        let encoder = SpanEncoder(format: format, resource: AttributeList(), scopeVersion: "0")
        let buffer = buffer ?? SpanBuffer(encoder: encoder)
        let recovery = JournalRecovery(
            directory,
            identity: identity(owner: owner, format: format),
            clock: clock.traceClock
        )
        return (recovery.recover(into: buffer), buffer)
    }

    var fileNames: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
    }

    /// Returns the content of the only journal file.
    func bytes() throws -> [UInt8] {
        let names = try fileNames
        try #require(names.count == 1)
        return Array(try Data(contentsOf: URL(filePath: "\(path)/\(names[0])")))
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
    let buffer: SpanBuffer
    let tracer: InvocationTracer

    /// The invocation's deadline: 3 s after the clock's start, in milliseconds since the Unix epoch.
    static let deadlineUnixMilliseconds = ManualClock.startUnixSeconds * 1_000 + 3_000

    init(journal: CrashJournal, format: SpanFormat, maximumBufferBytes: Int, clock: ManualClock) throws {
        self.journal = journal
        buffer = SpanBuffer(
            encoder: SpanEncoder(format: format, resource: AttributeList(), scopeVersion: "0"),
            maximumBytes: maximumBufferBytes,
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

    func run(_ name: String, payloadBytes: Int = 0) {
        let span = start(name)
        if payloadBytes > 0 { span.setAttribute("payload", to: .string(String(repeating: "p", count: payloadBytes))) }
        span.end()
    }

    /// Acknowledges all batches, like a successful flush.
    func deliverAll() {
        while let batch = buffer.takeBatch() { buffer.acknowledge(batch) }
    }
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
