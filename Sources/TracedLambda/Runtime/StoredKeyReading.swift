internal import CurlTransport
internal import Logging
internal import SpanExport

/// Reads a key that is kept in AWS on a thread of its own, beside the handler's init.
struct StoredKeyReading {
    let source: any KeySource
    private let thread: SystemThread?

    /// Longer than a read takes, which has its own limits.
    private static let patienceSeconds = 60

    /// Begins to read.
    ///
    /// - Throws: ``CurlError`` when libcurl cannot start.
    init(_ key: StoredKey, logger: Logger) throws(CurlError) {
        let source = StoredKeySource(
            key,
            transport: try CurlHandle(),
            wait: { Pause.wait($0) },
            warn: { logger.warning("\($0)") }
        )
        self.source = source
        // Without a thread, and after a failure that has been logged, the first flush reads the key.
        thread = SystemThread { _ = try? source.key(within: .seconds(Self.patienceSeconds)) }
    }

    /// Waits until the thread has ended: at the process's exit OpenSSL must not be in use.
    func waitForEnd() {
        thread?.join()
    }
}
