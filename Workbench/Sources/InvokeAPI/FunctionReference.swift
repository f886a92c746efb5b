import TriggerEnvelopes

/// How a caller of the Invoke API names a function: by name, by ARN or by a part of one, with or without a qualifier
/// (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestSyntax).
package enum FunctionReference {
    /// The function's name in a reference.
    ///
    /// Every qualifier is taken: there is one version here, whatever a caller's settings name.
    ///
    /// - Parameter reference: The reference as it stands in the path, percent-encoded or not.
    /// - Returns: The name alone.
    package static func name(in reference: String) -> String {
        let text = PercentText.decoded(reference)
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let place = parts.firstIndex(of: "function"), place + 1 < parts.count else {
            return String(parts.first ?? "")
        }
        return String(parts[place + 1])
    }
}
