internal import SessionTracing

/// The context common to all records of a batch, which is used for the invocation.
struct SharedContext {
    /// Nil unless all records have the same session.
    let session: TriggerContext.FoundSession?
    let parent: TraceContext?
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
        baggage = records.allSatisfy { $0.baggage == first?.baggage } ? first?.baggage : nil
    }
}
