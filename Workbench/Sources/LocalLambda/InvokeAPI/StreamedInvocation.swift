/// An invocation whose response can be read while the function writes it.
///
/// The invocation continues when its caller does not wait for the end.
struct StreamedInvocation: Sendable {
    /// The streamed response.
    let pipe = ResponsePipe()
    private let task: Task<Result<InvocationReport, InvocationRefusal>, Never>

    /// Starts an invocation.
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

    /// Waits for the end of the invocation.
    func report() async throws(InvokeError) -> InvocationReport {
        do throws(InvocationRefusal) {
            return try await task.value.get()
        } catch {
            throw InvokeError(error)
        }
    }
}
