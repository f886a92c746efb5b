import Dispatch

/// Runs code of the main actor, which needs the process's first thread.
public enum MainActorStep {
    /// Returns the text of a main-actor function; traps if that does not run on the main queue.
    public static func run() async -> String {
        await MainActor.run {
            MainActor.preconditionIsolated()
            dispatchPrecondition(condition: .onQueue(.main))
            return "main"
        }
    }
}
