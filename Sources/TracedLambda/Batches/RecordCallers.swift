internal import TriggerEvents

/// Finds the caller of a record that the handler decoded.
struct RecordCallers {
    private let records: [InvocationRecord]
    private let recordsByID: [String: InvocationRecord]

    init(_ context: InvocationContext) {
        records = context.records
        recordsByID = Dictionary(records.map { ($0.id, $0) }) { first, _ in first }
    }

    /// Returns the caller of the record at the index if its id matches; otherwise, for a part of the batch, the first
    /// with its id.
    func caller(of record: some BatchRecord, at index: Int) -> InvocationRecord? {
        if records.indices.contains(index), records[index].id == record.id { return records[index] }
        return recordsByID[record.id]
    }
}
