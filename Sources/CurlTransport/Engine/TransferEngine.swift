internal import CCurl
internal import Platform
internal import Synchronization

/// Performs exchanges on one thread, by libcurl's multi interface, on connections that all of them share.
///
/// The thread starts with the first exchange, and waits in one system call while there is none.
package final class TransferEngine: TransferTransport {
    /// A message to the engine's thread.
    enum Command: Sendable {
        case begin(EngineTransfer, TransferRequest)
        case resumeReceiving(EngineTransfer)
        case resumeSending(EngineTransfer)
        case end(EngineTransfer)
    }

    /// Starts a measurement, and returns a function that returns the elapsed time, including that in which the sandbox was
    /// frozen.
    package typealias Stopwatch = @Sendable () -> @Sendable () -> Duration

    private struct Inbox {
        var commands: [Command] = []
        var hasThread = false
        /// The thread's waiter if it waits, or is about to, and must be woken up for a command.
        var waiter: SocketWaiter?
    }

    private let inbox = Mutex(Inbox())
    let stopwatch: Stopwatch

    /// The number of connections that are open at once; further exchanges wait for one, within their time limit.
    package static let maximumConnectionCount = 256
    /// The number of idle connections that are kept.
    package static let maximumIdleConnectionCount = 64
    /// The idle time after which a connection is not used again, in seconds.
    package static let maximumIdleSeconds = 50

    /// Creates an engine, whose thread starts with the first exchange and runs until the process ends.
    ///
    /// - Parameter stopwatch: Measures the time between exchanges.
    package init(stopwatch: @escaping Stopwatch) {
        self.stopwatch = stopwatch
    }

    package nonisolated(nonsending) func send(
        _ request: TransferRequest
    ) async throws(CurlError) -> TransferResponse {
        guard !Task.isCancelled else { throw CurlError(code: .aborted, detail: "") }
        let transfer: EngineTransfer
        if case .stream(let length, let produce) = request.body {
            transfer = EngineTransfer(engine: self, uploadLength: length)
            transfer.start(produce)
        } else {
            transfer = EngineTransfer(engine: self, uploadLength: nil)
        }
        enqueue(.begin(transfer, request))
        let head = try await transfer.head()
        return TransferResponse(status: head.status, headers: head.headers, version: head.version, body: transfer)
    }

    package nonisolated(nonsending) func pause(for duration: Duration) async {
        // It ends early only if the task is cancelled, which the caller checks.
        try? await Task.sleep(for: duration)
    }

    /// Adds a command, and wakes the thread up; starts it if there is none.
    func enqueue(_ command: Command) {
        let (needsThread, waiter) = inbox.withLock { inbox in
            inbox.commands.append(command)
            defer { inbox.hasThread = true }
            return (!inbox.hasThread, inbox.waiter.take())
        }
        waiter?.wakeUp()
        guard needsThread, SystemThread({ self.run() }) == nil else { return }
        failAll(CurlError(code: .other, detail: "the system has no thread for HTTP calls"))
    }

    private func failAll(_ error: CurlError) {
        let commands = inbox.withLock { inbox in
            inbox.hasThread = false
            defer { inbox.commands = [] }
            return inbox.commands
        }
        for case .begin(let transfer, _) in commands {
            transfer.end(.failure(error))
            transfer.wakeReader()
        }
    }

    private func run() {
        do throws(CurlError) {
            try TransferLoop(engine: self).run()
            failAll(CurlError(code: .other, detail: "libcurl has no memory"))
        } catch {
            failAll(error)
        }
    }

    // MARK: For the engine's thread

    /// Returns the commands so far.
    func takeCommands() -> [Command] {
        inbox.withLock { inbox in
            inbox.waiter = nil
            guard !inbox.commands.isEmpty else { return [] }
            var commands: [Command] = []
            swap(&commands, &inbox.commands)
            return commands
        }
    }

    /// Announces that the thread is going to wait.
    ///
    /// - Parameter waiter: Wakes it up for a command.
    /// - Returns: False if there are commands, and it must not.
    func beginWaiting(on waiter: SocketWaiter) -> Bool {
        inbox.withLock { inbox in
            guard inbox.commands.isEmpty else { return false }
            inbox.waiter = waiter
            return true
        }
    }
}
