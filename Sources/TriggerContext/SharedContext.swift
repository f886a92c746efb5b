internal import SessionTracing

/// The context common to all records of a batch, which is used for the invocation.
struct SharedContext {
    /// Nil unless all records have the same session.
    let session: TriggerContext.FoundSession?
    let parent: TraceContext?
    /// Nil unless all records have the same trace and none has a session.
    let traceID: TraceID?
    let baggage: Baggage?

    init(_ records: [RecordContext]) {
        let first = records.first
        let id = first?.session.flatMap { SessionID($0.text) }
        // Members are compared by index: an element passed to a closure would be copied.
        let indices = records.indices
        let isShared =
            id != nil && indices.allSatisfy { SessionID.isSame(records[$0].session?.text, first?.session?.text) }
        session = isShared ? first?.session : nil
        parent = indices.allSatisfy { records[$0].parent == first?.parent } ? first?.parent : nil
        traceID =
            indices.allSatisfy {
                records[$0].session == nil && records[$0].parent?.traceID == first?.parent?.traceID
            }
            ? first?.parent?.traceID : nil
        baggage = indices.allSatisfy { records[$0].baggage == first?.baggage } ? first?.baggage : nil
    }
}
