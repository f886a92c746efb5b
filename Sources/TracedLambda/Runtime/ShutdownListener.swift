internal import CurlTransport
internal import Glibc
internal import Logging
internal import SessionTracing
internal import SpanExport

/// Delivers what is left when Lambda shuts the sandbox down.
///
/// Lambda tells a runtime nothing, unless the function has an extension: then SIGTERM comes, and SIGKILL some 500 ms later. So the
/// runtime registers itself as one, an internal extension that wants no events
/// (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html).
enum ShutdownListener {
    /// What Lambda leaves between SIGTERM and SIGKILL is about 500 ms.
    static let graceMilliseconds = 400
    private static let registrationTimeoutSeconds = 2
    private static let maximumAnswerBytes = 64 * 1024
    private static let name = "swift-traced-lambda"

    /// Keeps SIGTERM from ending the process; to be called before there are other threads.
    static func block() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Registers the extension and waits for SIGTERM, on threads of its own.
    ///
    /// - Parameters:
    ///   - process: Holds what is to be delivered.
    ///   - extensionAPI: The base of the Extensions API's URLs.
    static func start(_ process: FunctionProcess, extensionAPI: String) {
        // Even unregistered it serves whoever sends SIGTERM, as a container host does.
        let waiter = SystemThread {
            waitForSignal()
            deliver(process)
            exit(0)
        }
        if waiter == nil {
            process.logger.error("the system has no thread for SIGTERM: what is undelivered then is lost")
        }
        do throws(CurlError) {
            try register(extensionAPI, process.logger)
        } catch {
            process.logger.warning("no extension is registered, so Lambda sends no SIGTERM: \(error)")
        }
    }

    private static func waitForSignal() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        var number: Int32 = 0
        while sigwait(&signals, &number) != 0 || number != SIGTERM {}
    }

    /// Ends what is open as an error, and sends all within the grace.
    private static func deliver(_ process: FunctionProcess) {
        let clock = ContinuousClock()
        let end = clock.now + .milliseconds(graceMilliseconds)
        for place in process.roster.all {
            place.current?.cutShort(
                type: "shutdown",
                message: "the sandbox was shut down while the handler was running"
            )
            let report = process.exporters?.flush(place.buffer, budget: end - clock.now)
            place.journal?.removeIfSettled()
            guard let report, !report.isComplete else { continue }
            process.logger.warning(
                "not all spans were delivered before the shutdown",
                metadata: [
                    "deferredSpans": "\(report.deferredSpanCount)", "droppedSpans": "\(report.droppedSpanCount)",
                    "reason": "\(report.deferralReason ?? report.dropReason ?? "-")",
                ]
            )
        }
    }

    private static func register(_ extensionAPI: String, _ logger: Logger) throws(CurlError) {
        var handle = try CurlHandle()
        let answer = try handle.perform(
            HTTPRequest(
                .post,
                url: "\(extensionAPI)/register",
                headers: ["Lambda-Extension-Name": name, "Content-Type": "application/json"],
                body: Array(#"{"events":[]}"#.utf8),
                timeout: .seconds(registrationTimeoutSeconds),
                maximumResponseBytes: maximumAnswerBytes
            )
        )
        guard answer.status == 200, let identifier = answer.headers.nonEmpty("Lambda-Extension-Identifier") else {
            logger.warning("no extension is registered, so Lambda sends no SIGTERM: HTTP \(answer.status)")
            return
        }
        // Lambda waits with the first invocation until every extension has asked for its first event.
        let poller = SystemThread { poll(extensionAPI, identifier, logger) }
        if poller == nil {
            logger.error("the system has no thread for the extension; Lambda may not start invocations")
        }
    }

    private static func poll(_ extensionAPI: String, _ identifier: String, _ logger: Logger) {
        do throws(CurlError) {
            var handle = try CurlHandle()
            _ = try handle.perform(
                HTTPRequest(
                    .get,
                    url: "\(extensionAPI)/event/next",
                    headers: ["Lambda-Extension-Identifier": identifier],
                    timeout: nil,
                    maximumResponseBytes: maximumAnswerBytes
                )
            )
        } catch {
            logger.debug("the extension's wait has ended: \(error)")
        }
    }
}
