internal import Foundation
internal import Glibc

/// A program run by a test; it is ended with its owner at the latest.
package struct ChildProcess: ~Copyable {
    private let identifier: pid_t
    private let output: Int32
    private var unread: [UInt8] = []
    private var hasEnded = false

    /// Starts a program with an empty standard input; its standard error is discarded.
    ///
    /// - Parameter command: The program, looked up in `PATH`, with its arguments.
    /// - Throws: ``SystemError`` if the program cannot be started.
    package init(_ command: [String]) throws(SystemError) {
        var ends: [Int32] = [0, 0]
        // A socket pair can be close-on-exec from its creation, which pipes cannot be here: a child that another thread
        // starts concurrently must not keep the output open.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw SystemError("socketpair") }
        let (readEnd, writeEnd) = (ends[0], ends[1])
        defer { close(writeEnd) }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, writeEnd, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)

        var arguments = command.map { strdup($0) } + [nil]
        // Swift's backtracer outlives a program that traps, and keeps the program's output open.
        var environment = ProcessInfo.processInfo.environment.filter { $0.key != "SWIFT_BACKTRACE" }
            .map { strdup("\($0.key)=\($0.value)") }
        environment += [strdup("SWIFT_BACKTRACE=enable=no"), nil]
        defer { for text in arguments + environment { free(text) } }
        var child: pid_t = 0
        let code = posix_spawnp(&child, command.first ?? "", &actions, nil, &arguments, environment)
        guard code == 0 else {
            close(readEnd)
            errno = code
            throw SystemError("posix_spawnp")
        }
        identifier = child
        output = readEnd
    }

    deinit {
        if !hasEnded {
            // Not SIGTERM, which may be blocked: the child inherits the signal mask of the thread that started it.
            kill()
            _ = Self.wait(for: identifier)
        }
        close(output)
    }

    /// Reads a line of the standard output without its line end; returns nil at the end of the output.
    package mutating func readLine() -> String? {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                defer { unread.removeFirst(end + 1) }
                return String(decoding: unread[..<end], as: UTF8.self)
            }
            guard readMore() else { return nil }
        }
    }

    /// Sends SIGKILL, as the kernel does when memory is exhausted.
    package func kill() {
        Glibc.kill(identifier, SIGKILL)
    }

    /// Waits for the end of the program.
    ///
    /// - Returns: The exit code, or -1 after a signal, and the unread standard output.
    package mutating func finish() -> (code: Int32, output: [UInt8]) {
        while readMore() {}
        hasEnded = true
        let status = Self.wait(for: identifier)
        return (status & 0x7F == 0 ? status >> 8 & 0xFF : -1, unread)
    }

    private mutating func readMore() -> Bool {
        var piece = [UInt8](repeating: 0, count: 16 * 1024)
        var count: Int
        repeat {
            count = read(output, &piece, piece.count)
        } while count < 0 && errno == EINTR
        unread += piece.prefix(max(0, count))
        return count > 0
    }

    private static func wait(for child: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 && errno == EINTR {}
        return status
    }
}
