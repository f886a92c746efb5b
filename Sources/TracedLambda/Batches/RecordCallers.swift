internal import TriggerEvents

/// Finds the caller of a record that the handler has decoded.
struct RecordCallers {
    private let records: [InvocationRecord]
    private let recordsByID: [String: InvocationRecord]

    init(_ context: InvocationContext) {
        records = context.records
        recordsByID = Dictionary(records.map { ($0.id, $0) }) { first, _ in first }
    }

    // The record at the same place, if it is the same one; else, as in a part of the batch, the first one of its name.
    func caller(of record: some BatchRecord, at index: Int) -> InvocationRecord? {
        if records.indices.contains(index), records[index].id == record.id { return records[index] }
        return recordsByID[record.id]
    }
}
