internal import CurlTransport
internal import Platform
internal import Logging
internal import SessionTracing
internal import SpanExport

/// Delivers pending spans when Lambda shuts the sandbox down.
///
/// Lambda sends a runtime no signal unless the function has an extension: then it sends SIGTERM, and SIGKILL about 500
/// ms later. The runtime therefore registers itself as an internal extension without events
/// (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html).
enum ShutdownListener {
    /// The time for the delivery, in milliseconds; Lambda sends SIGKILL about 500 ms after SIGTERM.
    static let graceMilliseconds = 400
    static let registrationTimeoutSeconds = 2
    static let maximumResponseBytes = 64 * 1024
    private static let name = "swift-traced-lambda"

    /// Blocks SIGTERM, so that it does not end the process; must be called before other threads exist.
    static func block() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Registers the extension and waits for SIGTERM, on threads of its own.
    ///
    /// - Parameters:
    ///   - process: The process with the spans to deliver.
    ///   - extensionAPI: The base URL of the Extensions API.
    static func start(_ process: FunctionProcess, extensionAPI: String) {
        // Without a registration, SIGTERM may still come from another sender, such as a container host.
        let waiter = SystemThread {
            waitForSignal()
            process.deliverAtShutdown(within: .milliseconds(graceMilliseconds))
            // Exit handlers must not run while another thread may be in OpenSSL.
            StandardOutput.tryFlush()
            _exit(0)
        }
        if waiter == nil {
            process.logger.error(
                "the thread for SIGTERM could not be started: spans that are undelivered at a shutdown are lost"
            )
        }
        do throws(CurlError) {
            try register(extensionAPI, process.logger)
        } catch {
            process.logger.warning("the extension could not be registered, so that Lambda sends no SIGTERM: \(error)")
        }
    }

    private static func waitForSignal() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        var number: Int32 = 0
        while sigwait(&signals, &number) != 0 || number != SIGTERM {}
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
                maximumResponseBytes: maximumResponseBytes
            )
        )
        guard answer.status == 200, let identifier = answer.headers.nonEmpty("Lambda-Extension-Identifier") else {
            logger.warning(
                "the extension could not be registered, so that Lambda sends no SIGTERM: HTTP \(answer.status)"
            )
            return
        }
        // Lambda delays the first invocation until every extension has requested its first event.
        let poller = SystemThread { poll(extensionAPI, identifier, logger) }
        if poller == nil {
            logger.error(
                "the extension's thread could not be started, so that Lambda may not start invocations; unset TRACED_LAMBDA_SIGTERM"
            )
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
                    maximumResponseBytes: maximumResponseBytes
                )
            )
        } catch {
            logger.debug("the extension's wait has ended: \(error)")
        }
    }
}
