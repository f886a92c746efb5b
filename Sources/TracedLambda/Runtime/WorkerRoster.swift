internal import SessionTracing
internal import SpanExport
internal import Synchronization

/// The registry of the workers' buffers and journals, used at shutdown to deliver pending spans.
final class WorkerRoster: Sendable {
    /// One worker's entry.
    final class Place: Sendable {
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

    private let places = Mutex<[Place]>([])

    func join(_ buffer: SpanBuffer, journal: CrashJournal?) -> Place {
        let place = Place(buffer, journal: journal)
        places.withLock { $0.append(place) }
        return place
    }

    var all: [Place] { places.withLock { $0 } }
}
