import Glibc

/// A log file of the spans that the handler made, independent of the framework.
///
/// Each line is one write(2), so that it outlives the process in any case.
struct SpanLog {
    private let descriptor: Int32

    init(path: String) throws {
        descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SpanLogError.cannotOpen(errorNumber: errno) }
    }

    /// Logs a span that has just started.
    func note(_ spanID: String, of requestID: String) throws {
        let line = Array("\(requestID) \(spanID)\n".utf8)
        guard write(descriptor, line, line.count) == line.count else {
            throw SpanLogError.cannotWrite(errorNumber: errno)
        }
    }
}

enum SpanLogError: Error {
    case cannotOpen(errorNumber: Int32)
    case cannotWrite(errorNumber: Int32)
}
