internal import Dispatch
internal import Glibc
internal import Synchronization

/// The server's threads with their shared state.
final class ServerCore: Sendable {
    private struct State {
        var steps: [ScriptStep]
        var requests: [RecordedRequest] = []
        var events: [BodyEvent] = []
        var connectionCount = 0
        var openDescriptors: Set<Int32> = []
        var threads: [BlockingThread] = []
        var isStopping = false
    }

    private let state: Mutex<State>
    private let newsArrivals = DispatchSemaphore(value: 0)
    private let headArrivals = DispatchSemaphore(value: 0)
    private let connectionEnds = DispatchSemaphore(value: 0)

    init(_ steps: [ScriptStep]) {
        state = Mutex(State(steps: steps))
    }

    var requests: [RecordedRequest] { state.withLock { $0.requests } }
    var connectionCount: Int { state.withLock { $0.connectionCount } }
    var unusedStepCount: Int { state.withLock { $0.steps.count } }

    func nextBodyEvent(within seconds: Int) -> BodyEvent? {
        guard newsArrivals.wait(timeout: .now() + .seconds(seconds)) == .success else { return nil }
        return state.withLock { $0.events.isEmpty ? nil : $0.events.removeFirst() }
    }

    func waitForHead(within seconds: Int) -> Bool {
        headArrivals.wait(timeout: .now() + .seconds(seconds)) == .success
    }

    func waitForConnectionEnd(within seconds: Int) -> Bool {
        connectionEnds.wait(timeout: .now() + .seconds(seconds)) == .success
    }

    private func note(_ event: BodyEvent) {
        state.withLock { $0.events.append(event) }
        newsArrivals.signal()
    }

    /// Starts a thread that accepts connections from a listening socket, which the thread owns.
    ///
    /// - Returns: False if the system cannot create a thread.
    func start(listener descriptor: Int32) -> Bool {
        startThread(descriptor) { core in
            let listener = Socket(owning: descriptor)
            while let peer = listener.accept() {
                let isServed = core.startThread(peer) { core in
                    core.serve(Socket(owning: peer))
                    core.connectionEnds.signal()
                }
                if !isServed { close(peer) }
            }
            core.forget(descriptor)
        }
    }

    /// Ends all connections and threads.
    func stop() {
        var threads: [BlockingThread]
        repeat {
            threads = state.withLock { state in
                state.isStopping = true
                for descriptor in state.openDescriptors { shutdown(descriptor, Int32(SHUT_RDWR)) }
                defer { state.threads = [] }
                return state.threads
            }
            for thread in threads { thread.join() }
        } while !threads.isEmpty
    }

    private func startThread(_ descriptor: Int32, _ body: @escaping @Sendable (ServerCore) -> Void) -> Bool {
        state.withLock { state in
            guard !state.isStopping, let thread = BlockingThread({ body(self) }) else { return false }
            state.threads.append(thread)
            state.openDescriptors.insert(descriptor)
            return true
        }
    }

    /// Must be called before a descriptor is closed, because its number may be reused at once.
    private func forget(_ descriptor: Int32) {
        state.withLock { _ = $0.openDescriptors.remove(descriptor) }
    }

    private func serve(_ socket: consuming Socket) {
        let descriptor = socket.descriptor
        let (number, first) = state.withLock { state in
            state.connectionCount += 1
            let isAboutConnection = state.steps.first.map { !$0.onConnect.isEmpty } ?? false
            return (state.connectionCount, isAboutConnection ? state.steps.removeFirst() : nil)
        }
        var connection = Connection(socket, number: number)
        if first.map({ connection.perform($0.onConnect) }) ?? true {
            while connection.waitForRequest(), answerNext(&connection) {}
        }
        forget(descriptor)
    }

    /// A step is taken when its request starts to arrive, so that an idle connection does not take another one's step.
    private func answerNext(_ connection: inout Connection) -> Bool {
        let step = state.withLock { $0.steps.isEmpty ? Self.afterTheEnd : $0.steps.removeFirst() }
        let request = connection.readRequest(
            onHead: step.onHead,
            headRead: { headArrivals.signal() },
            onBodyEvent: note
        )
        guard let request else { return false }
        state.withLock { $0.requests.append(request) }
        // The request is recorded before the event of its complete body.
        if request.isChunked { note(.complete) }
        return connection.perform(step.onRequest)
    }

    private static let afterTheEnd = ScriptStep.onRequest(
        .send(AnswerFraming.contentLength.answer(599, headers: [("X-Script", "over")])),
        .close
    )
}
