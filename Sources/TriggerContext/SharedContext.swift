internal import SessionTracing

/// What all records of a batch have in common, which is then the invocation's too.
struct SharedContext {
    /// Nil unless every record names the same one.
    let session: TriggerContext.FoundSession?
    let parent: TraceContext?
    let baggage: Baggage?

    init(_ records: [RecordContext]) {
        let first = records.first
        let id = first?.session.flatMap { SessionID($0.text) }
        // A session id may be written in several ways.
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
