internal import Platform

extension TracedHandler {
    /// Runs the function as a Lambda runtime; called by `@main`.
    ///
    /// Never returns: it ends the process.
    ///
    /// It is synchronous, because an asynchronous `main` of a static executable adds about 20 ms to each cold start
    /// (`docs/design.md`).
    public static func main() {
        exit(LambdaRuntime.run(configuration) { InvocationHandler(try await Self()) })
    }
}
