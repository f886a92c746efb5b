import RuntimeAPI

/// An invocation whose response can be read while it comes.
///
/// It goes on when its caller does not wait for the end.
struct StreamedInvocation: Sendable {
    /// What the function streams.
    let pipe = ResponsePipe()
    private let task: Task<Result<InvocationReport, InvocationRefusal>, Never>

    /// Begins an invocation.
    init(_ request: InvocationRequest, of function: any InvocableFunction) {
        let pipe = pipe
        task = Task {
            do throws(InvocationRefusal) {
                return .success(try await function.invoke(request, into: pipe))
            } catch {
                return .failure(error)
            }
        }
    }

    /// Waits for the end.
    func report() async throws(InvokeError) -> InvocationReport {
        do throws(InvocationRefusal) {
            return try await task.value.get()
        } catch {
            throw InvokeError(error)
        }
    }
}
