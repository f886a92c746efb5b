internal import Platform
internal import CurlTransport
internal import Logging
internal import SpanExport

/// Reads an API key stored in AWS on a thread of its own, concurrently with the handler's init.
struct StoredKeyReading {
    let source: any KeySource
    private let thread: SystemThread?

    /// The timeout of the read, in seconds; the read itself has shorter limits.
    static let timeoutSeconds = 60

    /// Starts the read.
    ///
    /// - Throws: ``CurlError`` if libcurl cannot be initialised.
    init(_ key: StoredKey, logger: Logger) throws(CurlError) {
        let source = StoredKeySource(
            key,
            transport: try CurlHandle(),
            wait: { Pause.wait($0) },
            warn: { logger.warning("\($0)") }
        )
        self.source = source
        // If there is no thread, or after a failure (which is logged), the first flush reads the key.
        thread = SystemThread { _ = try? source.key(within: .seconds(Self.timeoutSeconds)) }
    }

    /// Waits until the thread has ended: OpenSSL must not be in use when the process exits.
    func waitForEnd() {
        thread?.join()
    }
}
