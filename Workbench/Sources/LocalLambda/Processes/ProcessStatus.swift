/// The exit status of a process.
package enum ProcessStatus: Sendable, Hashable {
    /// Exited with a status.
    case exited(Int32)
    /// Ended by a signal.
    case signaled(Int32)

    /// The process's end in Lambda's wording, for example `Runtime exited with error: exit status 1`.
    package var text: String {
        switch self {
        case .exited(0): "Runtime exited without providing a reason"
        case .exited(let code): "Runtime exited with error: exit status \(code)"
        case .signaled(let signal): "Runtime exited with error: signal: \(Self.signalName(signal))"
        }
    }

    private static func signalName(_ signal: Int32) -> String {
        let names: [Int32: String] = [
            4: "illegal instruction", 5: "trace/breakpoint trap", 6: "aborted", 7: "bus error",
            8: "floating point exception", 9: "killed", 11: "segmentation fault", 13: "broken pipe", 15: "terminated",
        ]
        return names[signal] ?? "signal \(signal)"
    }
}
