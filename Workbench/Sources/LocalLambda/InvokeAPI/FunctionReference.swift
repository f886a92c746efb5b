import OTLP

/// Parses a caller's reference to a function: a name, an ARN or a partial ARN, with or without a qualifier
/// (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestSyntax).
package enum FunctionReference {
    /// Extracts the function's name from a reference.
    ///
    /// Every qualifier is accepted: locally there is one version only.
    ///
    /// - Parameter reference: The reference in the path, percent-encoded or not.
    /// - Returns: The name alone.
    package static func name(in reference: String) -> String {
        let text = PercentText.decoded(reference)
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let index = parts.firstIndex(of: "function"), index + 1 < parts.count else {
            return String(parts.first ?? "")
        }
        return String(parts[index + 1])
    }
}
