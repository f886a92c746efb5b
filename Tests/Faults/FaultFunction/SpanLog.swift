import Glibc

/// A file that says which spans were made, by nobody's word but the handler's.
///
/// Each line is one `write` to the kernel, so that what was written outlives the process however that ends.
struct SpanLog {
    private let descriptor: Int32

    init(path: String) throws {
        descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SpanLogError.cannotOpen(errorNumber: errno) }
    }

    /// Writes down a span that has just begun.
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
