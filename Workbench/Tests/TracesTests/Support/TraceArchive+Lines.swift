import Testing

@testable import OTLP
@testable import Traces

extension TraceArchive {
    /// The lines of a session's waterfall, each as values by name, and the sequence number of the last one.
    func lines(
        of session: String,
        after sequence: Int64 = 0
    ) async throws -> (lines: [[String: JSONValue]], sequence: Int64) {
        guard let summary = try await self.session(session) else { return ([], sequence) }
        let bytes = try await waterfall(of: summary, after: sequence)
        let json = try JSONValue(parsing: bytes)
        let answer = try #require(json.object)
        let names = try #require(answer["columns"]?.array).compactMap(\.string)
        let rows = try #require(answer["rows"]?.array)
        let last = try #require(answer["sequence"]?.number?.int64)
        return (rows.map { Dictionary(uniqueKeysWithValues: zip(names, $0.array ?? [])) }, last)
    }
}
