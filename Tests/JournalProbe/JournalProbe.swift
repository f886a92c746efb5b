import Glibc
import SessionTracing
import SpanJournal
import Synchronization

/// `JournalProbe DIRECTORY HOW`: a process with a journal, which ends in a given way.
///
/// It opens a journal, starts a root span, and prints `ready`; then it performs the requested actions, and ends or is
/// ended.
@main
enum JournalProbe {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let sessionID = SessionID("journal-probe") else { exit(64) }
        if arguments[2] == "limited" {
            var limit = rlimit(rlim_cur: 256 * 1_024, rlim_max: 256 * 1_024)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        }
        let journal = CrashJournal(
            in: try JournalDirectory(arguments[1]),
            identity: JournalIdentity(owner: "probe", format: .json)
        )
        let encoder = SpanEncoder(format: .json, resource: AttributeList(), scopeVersion: "0")
        let buffer = SpanBuffer(encoder: encoder, journal: journal)
        let session = Session(id: sessionID, origin: .generated, name: "probe", project: nil, source: "test")
        let tracer = InvocationTracer(requestID: "r", session: session, parent: nil, recorder: buffer)
        let root = tracer.startRootSpan("root", kind: .server, parent: nil)
        say("ready")
        switch arguments[2] {
        case "hold": while true { pause() }
        case "trap": fatalError("as told")
        case "abort": abort()
        case "segfault": UnsafeMutablePointer<Int>(bitPattern: 8)?.pointee = 1
        case "exit": exit(0)
        case "recover":
            recover(try JournalDirectory(arguments[1]), clock: .system, into: buffer)
            fatalError("as told")
        case "recover-slowly": recover(try JournalDirectory(arguments[1]), clock: slowClock, into: buffer)
        case "measure": await JournalMeasure.run(journal, tracer, buffer)
        case "write": await write(upTo: .max, tracer, buffer)
        case "limited":
            await write(upTo: 20, tracer, buffer)
            say("unjournaled \(journal.takeGaps().values.reduce(0, +))")
        default: exit(64)
        }
        root.end()
    }

    /// Recovers in steps until nothing is left; prints a line for each step.
    private static func recover(_ directory: JournalDirectory, clock: TraceClock, into buffer: SpanBuffer) {
        let recovery = JournalRecovery(
            directory,
            identity: JournalIdentity(owner: "probe", format: .json),
            clock: clock
        )
        while recovery.step(into: buffer, mayRetry: true, log: { _ in }) { say("step") }
    }

    /// A clock of which two readings are so far apart that a step reads about three records.
    private static var slowClock: TraceClock {
        TraceClock(
            wallNanoseconds: TraceClock.system.wallNanoseconds,
            monotonicNanoseconds: { UInt64(readings.add(1, ordering: .relaxed).newValue) * 15_000_000 }
        )
    }

    private static let readings = Atomic<Int>(0)

    /// The number of spans between two acknowledgements.
    private static let batchCount = 30

    /// Writes large spans, so that most of the time is spent in an append; each name is printed when the journal
    /// contains it.
    private static func write(upTo count: Int, _ tracer: InvocationTracer, _ buffer: SpanBuffer) async {
        let payload = AttributeValue.string(String(repeating: "p ", count: 25_000))
        for number in 0..<count {
            await tracer.enrichSpanContext(eventName: "span-\(number)", inputs: ["payload": payload]) { _ in }
            say("span-\(number)")
            guard number % batchCount == batchCount - 1 else { continue }
            while let batch = buffer.takeBatch() { buffer.acknowledge(batch) }
            say("acknowledged")
        }
    }

    /// Prints without buffering, so that the output is complete when the process is ended.
    private static func say(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        _ = Glibc.write(STDOUT_FILENO, bytes, bytes.count)
    }
}
