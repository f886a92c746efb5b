internal import CCurl
internal import Platform

/// The work of the engine's thread: takes commands, drives libcurl, and wakes up the tasks that wait.
///
/// A pass costs as much as the sockets that are ready, however many exchanges there are: libcurl tells which sockets and
/// which time to wait for (https://curl.se/libcurl/c/libcurl-multi.html, "multi_socket").
final class TransferLoop {
    private let engine: TransferEngine
    private let waiter: SocketWaiter
    private var multi: MultiHandle
    /// All transfers with a handle: the active ones and the idle ones.
    private var transfers: [ActiveTransfer] = []
    private var idle: [ActiveTransfer] = []
    /// The transfers whose tasks are to be woken up after this pass.
    private var withNews: [ActiveTransfer] = []
    /// The sockets that libcurl waits for.
    private var sockets: [curl_waitfd] = []
    /// Those that are ready in this pass.
    private var ready: [curl_waitfd] = []
    /// The time at which libcurl wants to be called, in nanoseconds of the monotonic clock; nil for none.
    private var timerNanoseconds: UInt64?
    /// The earliest time at which the limit of an exchange may be over, as above.
    private var earliestEnd: UInt64?
    /// The time before which all sockets have been read, as above.
    private var lastReadNanoseconds: UInt64 = 0
    /// Returns the time since the last pass.
    private var sinceLastPass: @Sendable () -> Duration
    /// True if idle connections may be dead while exchanges are running, so that none is used again.
    private var avoidsIdleConnections = false

    /// The number of idle easy handles that are kept.
    static let maximumIdleHandleCount = 64

    init(engine: TransferEngine) throws(CurlError) {
        self.engine = engine
        waiter = try SocketWaiter()
        multi = try MultiHandle()
        sinceLastPass = engine.stopwatch()
        watch()
    }

    /// Runs until the process ends, or libcurl has no memory any more.
    func run() {
        while true {
            for command in engine.takeCommands() { apply(command) }
            var isRunning = true
            if let timerNanoseconds, timerNanoseconds <= ExchangeLimit.now {
                self.timerNanoseconds = nil
                isRunning = act(on: CURL_SOCKET_TIMEOUT, 0)
            }
            endPass()
            if isRunning { isRunning = wait() }
            guard isRunning || recover() else { return }
        }
    }

    /// Wakes up the tasks that wait for something that has arrived.
    private func endPass() {
        var context: UnsafeMutableRawPointer?
        var code = CURLE_OK
        while ccurl_take_finished(multi.driver, &context, &code) {
            guard let context else { continue }
            let finished = Unmanaged<ActiveTransfer>.fromOpaque(context).takeUnretainedValue()
            let transfer = finished.transfer
            finished.finish(code)
            remove(finished)
            transfer?.wakeReader()
        }
        endOverdue()
        for transfer in withNews { transfer.announceNews() }
        withNews.removeAll(keepingCapacity: true)
    }

    /// Waits until a socket is ready, a time is reached or a command arrives, and drives the exchanges of ready sockets.
    ///
    /// - Returns: False if libcurl has failed.
    private func wait() -> Bool {
        sinceLastPass = engine.stopwatch()
        lastReadNanoseconds = ExchangeLimit.now
        let next = min(timerNanoseconds ?? .max, earliestEnd ?? .max)
        var milliseconds = ExchangeLimit.milliseconds(from: lastReadNanoseconds, to: next)
        if !engine.beginWaiting(on: waiter) { milliseconds = 0 }
        if milliseconds == 0, sockets.isEmpty { return true }
        var readyCount: Int32 = 0
        guard waiter.poll(&sockets, milliseconds, &readyCount) else { return false }
        guard readyCount > 0 else { return true }
        // libcurl changes the list while it is called. It passes on no error of a socket: then each one may have it.
        ready.append(contentsOf: sockets.lazy.filter { $0.revents != 0 })
        if ready.isEmpty { ready = sockets.map { curl_waitfd(fd: $0.fd, events: $0.events, revents: $0.events) } }
        defer { ready.removeAll(keepingCapacity: true) }
        return ready.allSatisfy { act(on: $0.fd, Self.events(of: $0)) }
    }

    private static func events(of socket: curl_waitfd) -> Int32 {
        var events: Int32 = 0
        if Int32(socket.revents) & CURL_WAIT_POLLIN != 0 { events |= CURL_CSELECT_IN }
        if Int32(socket.revents) & CURL_WAIT_POLLOUT != 0 { events |= CURL_CSELECT_OUT }
        return events
    }

    private func act(on socket: curl_socket_t, _ events: Int32) -> Bool {
        var runningCount: Int32 = 0
        return curl_multi_socket_action(multi.driver, socket, events, &runningCount) == CURLM_OK
    }

    // MARK: What libcurl waits for

    /// Lets libcurl tell this object what it waits for.
    private func watch() {
        sockets = []
        timerNanoseconds = nil
        let context = Unmanaged.passUnretained(self).toOpaque()
        ccurl_set_socket_function(multi.driver, Self.socketCallback, context)
        ccurl_set_timer_function(multi.driver, Self.timerCallback, context)
    }

    private func watch(_ socket: curl_socket_t, for interest: Int32) {
        let index = sockets.firstIndex { $0.fd == socket }
        if interest == CURL_POLL_REMOVE {
            if let index { sockets.remove(at: index) }
            return
        }
        var events: Int16 = 0
        if interest & CURL_POLL_IN != 0 { events |= Int16(CURL_WAIT_POLLIN) }
        if interest & CURL_POLL_OUT != 0 { events |= Int16(CURL_WAIT_POLLOUT) }
        if let index {
            sockets[index].events = events
        } else {
            sockets.append(curl_waitfd(fd: socket, events: events, revents: 0))
        }
    }

    private static let socketCallback: curl_socket_callback = { _, socket, interest, context, _ in
        guard let context else { return 0 }
        Unmanaged<TransferLoop>.fromOpaque(context).takeUnretainedValue().watch(socket, for: interest)
        return 0
    }

    private static let timerCallback: curl_multi_timer_callback = { _, milliseconds, context in
        guard let context else { return 0 }
        let loop = Unmanaged<TransferLoop>.fromOpaque(context).takeUnretainedValue()
        loop.timerNanoseconds =
            milliseconds < 0 ? nil : ExchangeLimit.now + UInt64(milliseconds) * ExchangeLimit.nanosecondsPerMillisecond
        return 0
    }

    // MARK: Exchanges

    private func apply(_ command: TransferEngine.Command) {
        switch command {
        case .begin(let transfer, let request): begin(transfer, request)
        case .resumeReceiving(let transfer): transfer.active?.resume(CURLPAUSE_RECV)
        case .resumeSending(let transfer): transfer.active?.resume(CURLPAUSE_SEND)
        case .end(let transfer): if let active = transfer.active { remove(active) }
        }
    }

    private func begin(_ transfer: EngineTransfer, _ request: TransferRequest) {
        guard !transfer.hasEnded else { return }
        replaceStaleConnections()
        do throws(CurlError) {
            let new: ActiveTransfer = if let kept = idle.popLast() { kept } else { try newTransfer() }
            do throws(CurlError) {
                try new.begin(transfer, request, needsNewConnection: avoidsIdleConnections)
                guard curl_multi_add_handle(multi.driver, new.handle) == CURLM_OK else {
                    throw CurlError(code: .other, detail: "libcurl could not start the transfer")
                }
                if let end = new.limit?.end { earliestEnd = min(earliestEnd ?? end, end) }
            } catch {
                keep(new)
                throw error
            }
        } catch {
            transfer.end(.failure(error))
            transfer.wakeReader()
        }
    }

    /// Ends the exchanges whose time was over before the sockets were last read.
    private func endOverdue() {
        guard let earliestEnd, earliestEnd <= lastReadNanoseconds else { return }
        self.earliestEnd = nil
        for active in transfers {
            guard let transfer = active.transfer, let end = active.limit?.end else { continue }
            if end <= lastReadNanoseconds {
                active.finishOverdue()
                remove(active)
                transfer.wakeReader()
            } else {
                self.earliestEnd = min(self.earliestEnd ?? end, end)
            }
        }
    }

    private func newTransfer() throws(CurlError) -> ActiveTransfer {
        let new = try ActiveTransfer { [unowned self] in withNews.append($0) }
        transfers.append(new)
        return new
    }

    /// Removes a transfer; libcurl closes its connection unless the exchange is complete.
    private func remove(_ removed: ActiveTransfer) {
        curl_multi_remove_handle(multi.driver, removed.handle)
        keep(removed)
    }

    /// Keeps the handle of a transfer that has ended.
    private func keep(_ ended: ActiveTransfer) {
        ended.end()
        if idle.count < Self.maximumIdleHandleCount {
            idle.append(ended)
        } else {
            transfers.removeAll { $0 === ended }
        }
        // Without exchanges the thread waits for commands alone, so that the time since its last pass is that of idleness.
        if !hasActiveTransfers { earliestEnd = nil }
    }

    private var hasActiveTransfers: Bool { idle.count < transfers.count }

    /// Closes idle connections that a load balancer or the freezing of the sandbox may have ended silently.
    private func replaceStaleConnections() {
        if !hasActiveTransfers { avoidsIdleConnections = false }
        guard sinceLastPass() > .seconds(TransferEngine.maximumIdleSeconds) else { return }
        sinceLastPass = engine.stopwatch()
        guard !hasActiveTransfers, let new = try? MultiHandle() else {
            avoidsIdleConnections = true
            return
        }
        multi = new
        watch()
    }

    /// Ends all exchanges after an error of libcurl's, and begins anew.
    ///
    /// - Returns: False without memory for that.
    private func recover() -> Bool {
        for active in transfers {
            guard let transfer = active.transfer else { continue }
            transfer.end(.failure(CurlError(code: .other, detail: "libcurl has failed")))
            remove(active)
            transfer.wakeReader()
        }
        guard let new = try? MultiHandle() else { return false }
        multi = new
        watch()
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
        // No callback for the connections that it closes.
        ccurl_set_socket_function(driver, nil, nil)
        ccurl_set_timer_function(driver, nil, nil)
        curl_multi_cleanup(driver)
    }
}

/// A multi handle without exchanges, by which a thread waits for sockets and other threads wake it up.
///
/// That of the exchanges itself would collect all of its sockets before each wait.
final class SocketWaiter: Sendable {
    private nonisolated(unsafe) let driver: UnsafeMutableRawPointer

    /// Creates a waiter.
    ///
    /// - Throws: ``CurlError`` without memory or free descriptors.
    init() throws(CurlError) {
        guard CurlHandle.processInitialisation == CURLE_OK, let driver = curl_multi_init() else {
            throw CurlError(code: .other, detail: "libcurl could not start")
        }
        self.driver = driver
    }

    deinit {
        curl_multi_cleanup(driver)
    }

    /// Ends the present wait or, if there is none, the next one.
    func wakeUp() { curl_multi_wakeup(driver) }

    /// Waits for sockets, a wake-up or the end of a time.
    ///
    /// - Parameters:
    ///   - sockets: The sockets, which receive what they are ready for.
    ///   - milliseconds: The longest time.
    ///   - readyCount: Receives the number of ready sockets.
    /// - Returns: False if the system call has failed.
    func poll(_ sockets: inout [curl_waitfd], _ milliseconds: Int32, _ readyCount: inout Int32) -> Bool {
        sockets.withUnsafeMutableBufferPointer { sockets in
            curl_multi_poll(driver, sockets.baseAddress, UInt32(sockets.count), milliseconds, &readyCount) == CURLM_OK
        }
    }
}
