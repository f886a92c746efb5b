internal import CProcess
internal import Platform

/// The process's standard streams, which Lambda copies to the log.
///
/// The function's `print`, C libraries and the logger write to them. Their lines reach the log whole, in order, and
/// before the response.
enum StandardOutput {
    /// The maximum length of a line of `print` or of C's `stdout` that is one write, in bytes; a longer one is written
    /// in pieces of this size.
    static let lineBufferBytes = Int(CPROCESS_LINE_BUFFER_BYTES)

    /// Makes `print` and C's `stdout` write each line as soon as it is complete; called once, before anything is
    /// written.
    ///
    /// By default, C buffers whole blocks when standard output is a pipe, as on Lambda: lines reach the log late, or
    /// never if the process is killed.
    static func bufferLines() {
        cprocess_buffer_lines()
    }

    /// Writes the content of the streams' buffers, such as a line without a line end.
    static func flush() {
        cprocess_flush_output()
    }

    /// Flushes standard output unless a thread is writing to it, for code that must not wait for that thread.
    static func tryFlush() {
        cprocess_try_flush_output()
    }

    /// Writes whole lines without buffering, so that a crash loses none.
    @Sendable static func write(_ bytes: [UInt8]) {
        // A write to a pipe is atomic only up to 4,096 bytes; the lock keeps other threads' lines out.
        cprocess_lock_output()
        defer { cprocess_unlock_output() }
        write(bytes, to: STDOUT_FILENO)
    }

    static func writeError(_ line: String) {
        write(Array("\(line)\n".utf8), to: STDERR_FILENO)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let written = SystemCalls.writeBytes(UnsafeRawBufferPointer(rebasing: rest), to: descriptor)
                // A closed stream must not fail an invocation.
                guard written > 0 || errno == EINTR else { return }
                rest = rest.dropFirst(max(0, written))
            }
        }
    }
}
