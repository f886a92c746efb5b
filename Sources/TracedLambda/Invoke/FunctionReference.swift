internal import SessionTracing
internal import WireText

/// The function that an invocation names: a name, a partial ARN or an ARN, each with or without a qualifier
/// (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).
struct FunctionReference: Equatable {
    /// The text as it was given, for the request.
    let text: String
    /// The name alone, for the span.
    let name: String
    /// The region of an ARN; nil for the function's own.
    let region: String?
    let qualifier: String?

    /// The maximum length of a reference, in bytes.
    static let maximumBytes = 256
    /// The maximum length of a qualifier, in bytes.
    static let maximumQualifierBytes = 128

    /// - Throws: ``InvokeError`` with ``InvokeError/Code/invalidFunction``.
    init(_ text: String, qualifier: String?) throws(InvokeError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let invalid = InvokeError(
            .invalidFunction,
            "it is not a function's name or ARN, such as Answer, Answer:live, or "
                + "arn:aws:lambda:eu-central-1:123456789012:function:Answer",
            function: text
        )
        guard text.utf8.count <= Self.maximumBytes else { throw invalid }
        // [arn, partition, lambda, region, account, function, name, qualifier], [account, function, name, qualifier] or
        // [name, qualifier].
        let isARN = parts[0] == "arn"
        if isARN {
            guard (7...8).contains(parts.count), parts[2] == "lambda", Self.isWord(parts[3]) else { throw invalid }
        }
        let rest = isARN ? parts[4...] : parts[...]
        let hasAccount = rest.count > 2
        guard !hasAccount || rest.count <= 4 && rest.dropFirst().first == "function",
            let name = hasAccount ? rest.dropFirst(2).first : rest.first, Self.isWord(name)
        else { throw invalid }
        let own = rest.dropFirst(hasAccount ? 3 : 1).first
        for qualifier in [own, qualifier].compactMap({ $0 }) {
            guard qualifier.utf8.count <= Self.maximumQualifierBytes, qualifier == "$LATEST" || Self.isWord(qualifier)
            else { throw InvokeError(.invalidFunction, "its qualifier is no version and no alias", function: text) }
        }
        self.text = text
        self.name = name
        self.qualifier = qualifier
        region = isARN ? parts[3] : nil
    }

    private static func isWord(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0.isLetterOrDigit || "-_.".utf8.contains($0) }
    }

    /// Returns the path and the query of an invocation.
    var target: String {
        let query = qualifier.map { "?Qualifier=\(PercentEncoding.encode($0))" } ?? ""
        return "/2015-03-31/functions/\(PercentEncoding.encode(text))/invocations\(query)"
    }
}

/// Lambda's API in a region.
struct LambdaEndpoint {
    let region: String
    let url: String

    /// - Throws: ``ConfigurationProblem`` if there is no region.
    init(_ environment: Environment, region: String?) throws(ConfigurationProblem) {
        guard let region = region ?? environment[.region] else {
            throw ConfigurationProblem(.region, "is not set, so no function can be invoked; Lambda sets it")
        }
        self.region = region
        if var given = environment.first(.lambdaEndpoint, .serviceEndpoint)?.value {
            while given.hasSuffix("/") { given.removeLast() }
            url = given
        } else {
            url = "https://lambda.\(region).\(region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com")"
        }
    }
}
