import FoundationEssentials
import Glibc

/// A named pipe that child processes keep open; its end of file shows that all of them have ended.
package final class ExitPipe {
    /// The path.
    package let path: String
    private let descriptor: Int32

    /// Makes the pipe.
    package init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "lifeline-\(UUID().uuidString)").path
        guard mkfifo(path, 0o600) == 0 else { throw CocoaError(.fileWriteUnknown) }
        descriptor = open(path, O_RDONLY | O_NONBLOCK)
        guard descriptor >= 0 else { throw CocoaError(.fileReadUnknown) }
        // A pipe that no process has ever opened does not report end of file, so this process opens it once.
        close(open(path, O_WRONLY))
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    /// Waits until no process has the pipe open.
    ///
    /// - Parameter limitMilliseconds: The time limit, in milliseconds.
    /// - Returns: `true` when the pipe is closed everywhere; `false` after the time limit.
    package func isReleased(limitMilliseconds: Int32 = 10_000) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, limitMilliseconds) == 1 && request.revents & Int16(POLLHUP) != 0
    }
}
