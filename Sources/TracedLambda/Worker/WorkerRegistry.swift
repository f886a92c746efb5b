internal import SessionTracing
internal import SpanExport
internal import Synchronization

/// The registry of the workers' buffers and journals, used at shutdown to deliver pending spans.
final class WorkerRegistry: Sendable {
    /// One worker's entry.
    final class Entry: Sendable {
        let buffer: SpanBuffer
        let journal: CrashJournal?
        private let tracer = Mutex<InvocationTracer?>(nil)

        init(_ buffer: SpanBuffer, journal: CrashJournal?) {
            self.buffer = buffer
            self.journal = journal
        }

        func begin(_ tracer: InvocationTracer) {
            self.tracer.withLock { $0 = tracer }
        }

        func end() {
            tracer.withLock { $0 = nil }
        }

        /// The tracer of the running invocation, or nil.
        var current: InvocationTracer? { tracer.withLock { $0 } }
    }

    private let entries = Mutex<[Entry]>([])

    func register(_ buffer: SpanBuffer, journal: CrashJournal?) -> Entry {
        let entry = Entry(buffer, journal: journal)
        entries.withLock { $0.append(entry) }
        return entry
    }

    var all: [Entry] { entries.withLock { $0 } }
}
