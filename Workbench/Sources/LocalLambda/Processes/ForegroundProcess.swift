import CShims
import Dispatch
import Glibc

/// Runs a program in the foreground, with this program's terminal, streams and process group.
///
/// For a script that shows its own progress and may ask for a password, which needs the terminal. Its descendants are killed
/// when it ends, when the task is cancelled, and by the keeper when this program is killed.
package enum ForegroundProcess {
    /// Runs a program to its end.
    ///
    /// - Parameter command: The program, resolved in `PATH`, and its arguments.
    /// - Returns: The exit status or signal; `nil` when the program cannot be started.
    package static func run(_ command: [String]) async -> ProcessStatus? {
        let child = withCStrings(command) { process_spawn($0) }
        guard child > 0 else { return nil }
        ProcessKeeper.add(child)
        defer { ProcessKeeper.remove(child) }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async { continuation.resume(returning: wait(for: child)) }
            }
        } onCancel: {
            terminate(child)
        }
    }

    /// Sends SIGTERM to the program and its descendants, and SIGKILL to those that are left after the grace period.
    private static func terminate(_ child: Int32) {
        ProcessTree.send(SIGTERM, to: [child])
        let grace = DispatchTimeInterval.milliseconds(ChildProcess.terminationGraceMilliseconds)
        DispatchQueue.global().asyncAfter(deadline: .now() + grace) { ProcessTree.kill([child]) }
    }

    private static func wait(for child: Int32) -> ProcessStatus {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? .exited((status >> 8) & 0xFF) : .signaled(signal)
    }
}
