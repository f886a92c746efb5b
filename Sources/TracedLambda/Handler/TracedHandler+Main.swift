internal import Glibc

extension TracedHandler {
    /// Runs the function as Lambda's runtime; what `@main` calls.
    ///
    /// It ends with the process.
    ///
    /// Synchronous on purpose: an asynchronous `main` of a static executable costs some 20 ms at each cold start
    /// (`docs/design.md`).
    public static func main() {
        exit(LambdaRuntime.run(configuration) { InvocationHandler(try await Self()) })
    }
}
