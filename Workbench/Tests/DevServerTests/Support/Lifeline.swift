import FoundationEssentials
import Glibc
import Testing

/// A named pipe that processes hold open: its end says that all of them are gone.
final class Lifeline {
    let path: String
    private let descriptor: Int32

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "lifeline-\(UUID().uuidString)").path
        try #require(mkfifo(path, 0o600) == 0)
        descriptor = open(path, O_RDONLY | O_NONBLOCK)
        try #require(descriptor >= 0)
        // A pipe that nobody has ever held does not count as released: so this process holds it for a moment.
        close(open(path, O_WRONLY))
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    /// Waits until nobody holds the pipe any more.
    ///
    /// - Returns: Whether that was so within ten seconds.
    func isReleased() -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, 10_000) == 1 && request.revents & Int16(POLLHUP) != 0
    }
}
