internal import CCurl

/// The work of the engine's thread: takes commands, drives libcurl, and wakes up the tasks that wait.
struct TransferLoop: ~Copyable {
    private var multi: MultiHandle
    private var active: [UnsafeMutableRawPointer: ActiveTransfer] = [:]
    private var idleHandles: [EasyHandle] = []
    private let stopwatch: TransferEngine.Stopwatch
    /// Returns the time since the last pass.
    private var sinceLastPass: @Sendable () -> Duration
    /// True if idle connections may be dead while exchanges are running, so that none is used again.
    private var avoidsIdleConnections = false

    /// The number of idle easy handles that are kept.
    private static let maximumIdleHandleCount = 64

    init(stopwatch: @escaping TransferEngine.Stopwatch) throws(CurlError) {
        multi = try MultiHandle()
        self.stopwatch = stopwatch
        sinceLastPass = stopwatch()
    }

    /// Runs until the process ends, or libcurl has no memory any more.
    mutating func run(engine: TransferEngine) {
        engine.attach(multi.driver)
        while true {
            for command in engine.takeCommands() { apply(command, engine) }
            var runningCount: Int32 = 0
            let isRunning = curl_multi_perform(multi.driver, &runningCount) == CURLM_OK
            takeResults()
            wakeReaders()
            sinceLastPass = stopwatch()
            if isRunning, !engine.beginWaiting() { continue }
            // libcurl returns from the poll by itself for its own timeouts, and at once for a wake-up before it.
            guard isRunning, curl_multi_poll(multi.driver, nil, 0, Int32.max, nil) == CURLM_OK else {
                guard recover(engine) else { return }
                continue
            }
        }
    }

    private mutating func apply(_ command: TransferEngine.Command, _ engine: TransferEngine) {
        switch command {
        case .begin(let transfer, let request): begin(transfer, request, engine)
        case .resumeReceiving(let transfer): transfer.active?.resume(CURLPAUSE_RECV)
        case .resumeSending(let transfer): transfer.active?.resume(CURLPAUSE_SEND)
        case .end(let transfer): if let active = transfer.active { remove(active) }
        }
    }

    private mutating func begin(_ transfer: EngineTransfer, _ request: TransferRequest, _ engine: TransferEngine) {
        guard !transfer.hasEnded else { return }
        replaceStaleConnections(engine)
        do throws(CurlError) {
            let easy: EasyHandle = if let kept = idleHandles.popLast() { kept } else { try EasyHandle() }
            let new = try ActiveTransfer(transfer, request, on: easy, needsNewConnection: avoidsIdleConnections)
            guard curl_multi_add_handle(multi.driver, easy.handle) == CURLM_OK else {
                throw CurlError(code: .other, detail: "libcurl could not start the transfer")
            }
            active[easy.handle] = new
            transfer.active = new
        } catch {
            transfer.end(.failure(error))
            transfer.wakeReader()
        }
    }

    /// Closes idle connections that a load balancer or the freezing of the sandbox may have ended silently.
    private mutating func replaceStaleConnections(_ engine: TransferEngine) {
        if active.isEmpty { avoidsIdleConnections = false }
        guard sinceLastPass() > .seconds(TransferEngine.maximumIdleSeconds) else { return }
        sinceLastPass = stopwatch()
        guard active.isEmpty, let new = try? MultiHandle() else {
            avoidsIdleConnections = true
            return
        }
        engine.detach()
        multi = new
        engine.attach(multi.driver)
    }

    private mutating func takeResults() {
        var handle: UnsafeMutableRawPointer?
        var code = CURLE_OK
        while ccurl_take_finished(multi.driver, &handle, &code) {
            guard let handle, let finished = active[handle] else { continue }
            finished.finish(code)
            remove(finished)
            finished.transfer.wakeReader()
        }
    }

    private func wakeReaders() {
        for transfer in active.values where transfer.hasNews {
            transfer.hasNews = false
            transfer.transfer.wakeReader()
        }
    }

    /// Removes a transfer; libcurl closes its connection unless the exchange is complete.
    private mutating func remove(_ removed: ActiveTransfer) {
        let easy = removed.easy
        curl_multi_remove_handle(multi.driver, easy.handle)
        active[easy.handle] = nil
        removed.transfer.active = nil
        guard idleHandles.count < Self.maximumIdleHandleCount else { return }
        curl_easy_reset(easy.handle)
        idleHandles.append(easy)
    }

    /// Ends all exchanges after an error of libcurl's, and begins anew.
    ///
    /// - Returns: False without memory for that.
    private mutating func recover(_ engine: TransferEngine) -> Bool {
        for transfer in active.values {
            transfer.transfer.end(.failure(CurlError(code: .other, detail: "libcurl has failed")))
            transfer.transfer.wakeReader()
            remove(transfer)
        }
        guard let new = try? MultiHandle() else {
            engine.detach()
            return false
        }
        engine.detach()
        multi = new
        engine.attach(multi.driver)
        return true
    }
}

/// Owns a multi handle with its connections.
struct MultiHandle: ~Copyable {
    let driver: UnsafeMutableRawPointer

    init() throws(CurlError) {
        guard CurlHandle.processInitialisation == CURLE_OK, let driver = curl_multi_init() else {
            throw CurlError(code: .other, detail: "libcurl could not start")
        }
        self.driver = driver
        ccurl_set_multi_long(driver, CURLMOPT_MAX_TOTAL_CONNECTIONS, TransferEngine.maximumConnectionCount)
        ccurl_set_multi_long(driver, CURLMOPT_MAXCONNECTS, TransferEngine.maximumIdleConnectionCount)
    }

    deinit {
        curl_multi_cleanup(driver)
    }
}

/// Owns an easy handle and the buffer of its error text.
///
/// A class, because handles without a transfer are kept in a list.
final class EasyHandle {
    let handle: UnsafeMutableRawPointer
    let errorText: UnsafeMutablePointer<CChar>

    init() throws(CurlError) {
        guard let handle = curl_easy_init() else { throw CurlError(code: .other, detail: "out of memory") }
        self.handle = handle
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(handle)
        errorText.deallocate()
    }
}
