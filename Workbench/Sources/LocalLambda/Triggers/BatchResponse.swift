import OTLP

extension LocalQueue {
    /// Finds the failed messages in a function's response to a batch, by Lambda's rules
    /// (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html).
    ///
    /// - Returns: No id when the output names none; all ids when the output is malformed or names a message that is not
    ///   in the batch.
    static func failures(in output: [UInt8], of ids: Set<String>) -> Set<String> {
        guard !output.isEmpty, let json = try? JSONValue(parsing: output), let object = json.object else { return [] }
        switch object["batchItemFailures"] {
        case nil, .null: return []
        case .array(let items):
            let named = items.map { $0.object?["itemIdentifier"]?.string }
            let failed = Set(named.compactMap(\.self))
            return named.contains(nil) || !failed.isSubset(of: ids) ? ids : failed
        default: return ids
        }
    }
}
