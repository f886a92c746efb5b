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
        // One session id can have several spellings.
        let isShared =
            id != nil
            && records.allSatisfy {
                $0.session?.text == first?.session?.text || $0.session.flatMap { SessionID($0.text) } == id
            }
        session = isShared ? first?.session : nil
        parent = records.allSatisfy { $0.parent == first?.parent } ? first?.parent : nil
        traceID =
            records.allSatisfy { $0.session == nil && $0.parent?.traceID == first?.parent?.traceID }
            ? first?.parent?.traceID : nil
        baggage = records.allSatisfy { $0.baggage == first?.baggage } ? first?.baggage : nil
    }
}
