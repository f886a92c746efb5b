import Traces

extension InvocationOutcome {
    /// Converts the outcome to a response or to an error with Lambda's message.
    ///
    /// - Parameters:
    ///   - requestID: The request id.
    ///   - settings: The function's settings.
    /// - Returns: The result; a response that was written to a pipe has no bytes.
    package func result(requestID: String, _ settings: FunctionSettings) -> InvocationReport.Result {
        switch ending {
        case .response(let bytes, let contentType): .response(bytes, contentType: contentType)
        case .functionError(let error), .initError(let error): .failure(error)
        case .responseTooLarge:
            Self.failure(
                "Function.ResponseSizeTooLarge",
                "Response payload size exceeded maximum allowed payload size (\(RuntimeLimits.responseBytes) bytes)."
            )
        case .initTimedOut:
            Self.failure(
                "Sandbox.Timedout",
                "Init timed out after \(Self.seconds(settings.initTimeout)) seconds: "
                    + "the process did not ask for an event"
            )
        case .timedOut:
            Self.failure(
                "Sandbox.Timedout",
                "RequestId: \(requestID) Error: Task timed out after \(Self.seconds(settings.timeout)) seconds"
            )
        case .processEnded(let how):
            Self.failure("Runtime.ExitError", "RequestId: \(requestID) Error: \(how)")
        }
    }

    private static func failure(_ type: String, _ message: String) -> InvocationReport.Result {
        .failure(FunctionError(type: type, message: message))
    }

    private static func seconds(_ duration: Duration) -> String {
        DurationText.decimal(duration / .seconds(1), digits: 2)
    }
}
