package import RuntimeAPI
import TraceTree

extension RunReport {
    /// The failure, in the words that Lambda has for it; `nil` when the function answered.
    package var error: FunctionError? {
        switch outcome.ending {
        case .response: nil
        case .functionError(let error), .initError(let error): error
        case .responseTooLarge:
            FunctionError(
                type: "Function.ResponseSizeTooLarge",
                message: "Response payload size exceeded maximum allowed payload size "
                    + "(\(RuntimeLimits.responseBytes) bytes)."
            )
        case .initTimedOut:
            FunctionError(
                type: "Sandbox.Timedout",
                message: "Init timed out after \(seconds(initTimeout)) seconds: the process did not ask for an event"
            )
        case .timedOut:
            FunctionError(
                type: "Sandbox.Timedout",
                message: "RequestId: \(requestID) Error: Task timed out after \(seconds(timeout)) seconds"
            )
        case .processEnded(let how):
            FunctionError(type: "Runtime.ExitError", message: "RequestId: \(requestID) Error: \(how)")
        }
    }

    private func seconds(_ duration: Duration) -> String {
        DurationText.decimal(duration / .seconds(1), digits: 2)
    }
}
