import OTLP
import Synchronization

/// A function that can be invoked.
protocol InvocableFunction: Sendable {
    /// The function's name.
    var name: String { get }
    /// The function's ARN.
    var arn: String { get }

    /// Invokes the function and waits for the end.
    ///
    /// `pipe`: The receiver of a streamed response, chunk by chunk; `nil` collects the response in memory. The pipe
    /// is finished at the end, also when this throws.
    /// Throws ``InvokeError`` when the event was not delivered to the function.
    func invoke(
        _ request: InvocationRequest,
        into pipe: ResponsePipe?
    ) async throws(InvokeError) -> InvocationReport
}

/// An event for a function, with the caller's options.
struct InvocationRequest: Sendable {
    /// The request id; retries of an event keep it.
    let requestID: String
    /// The event, in JSON.
    let event: [UInt8]
    /// The client context in JSON; `nil` for none.
    var clientContext: String?
    /// The X-Ray trace header; `nil` to generate one.
    var traceID: String?
    /// The caller's tenant id; `nil` for none.
    var tenantID: String?
    /// True when the caller requests the tail of the log.
    var wantsLog = false
    /// True to wait while the concurrency limit is reached; false to be throttled.
    var waitsForCapacity = false

    /// Creates a request.
    ///
    /// `event`: The event, in JSON.
    init(requestID: String, event: [UInt8]) {
        self.requestID = requestID
        self.event = event
    }
}

/// The result of an invocation, as the caller sees it.
package struct InvocationReport: Sendable {
    /// The response or the error.
    package enum Result: Sendable, Hashable {
        /// The function's response; empty when it was written to a pipe.
        case response([UInt8], contentType: String?)
        case failure(FunctionError)

        /// The error; `nil` when the function responded.
        package var error: FunctionError? {
            if case .failure(let error) = self { error } else { nil }
        }
    }

    /// The response or the error.
    package let result: Result
    /// The tail of the log; empty unless requested.
    let log: [UInt8]
}

/// The functions of a server, by name.
final class FunctionRegistry: Sendable {
    private let functions = Mutex<[String: any InvocableFunction]>([:])

    /// Adds a function; replaces an existing one of the same name.
    func insert(_ function: any InvocableFunction) {
        functions.withLock { $0[function.name] = function }
    }

    /// The end of the error message for a function that does not exist: its name, and the names that do exist.
    static func unknown(_ name: String, known: [String]) -> String {
        let others = known.isEmpty ? "no function is served yet" : "the functions are: \(known.joined(separator: ", "))"
        return "\(name); \(others)"
    }

    var names: [String] { functions.withLock { $0.keys.sorted() } }

    /// Finds a function by name.
    ///
    /// `ignoresCase`: `true` to compare without case, as host names are compared.
    /// Returns `nil` when no function has the name.
    func function(named name: String, ignoresCase: Bool = false) -> (any InvocableFunction)? {
        functions.withLock { functions in
            if let function = functions[name] { return function }
            guard ignoresCase else { return nil }
            let lowercased = name.lowercased()
            return functions.first { $0.key.lowercased() == lowercased }?.value
        }
    }

    /// Extracts the function's name from a caller's reference: a name, an ARN or a partial ARN, with or without a qualifier,
    /// percent-encoded or not (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestSyntax).
    ///
    /// Every qualifier is accepted: locally there is one version only.
    static func name(in reference: String) -> String {
        let text = PercentText.decoded(reference)
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let index = parts.firstIndex(of: "function"), index + 1 < parts.count else {
            return String(parts.first ?? "")
        }
        return String(parts[index + 1])
    }
}
