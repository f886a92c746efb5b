/// The spans of an invocation that have started and not ended, the root not among them.
///
/// Each has a slot that it knows, so that neither a start nor an end has to search.
struct OpenSpans {
    private var slots: [TracedSpan?] = []
    private var freeSlots: [Int] = []

    var count: Int { slots.count - freeSlots.count }

    /// - Returns: The span's slot, by which it is removed.
    mutating func insert(_ span: TracedSpan) -> Int {
        guard let slot = freeSlots.popLast() else {
            slots.append(span)
            return slots.count - 1
        }
        slots[slot] = span
        return slot
    }

    /// Removes a span; nothing happens when it is not there any longer.
    mutating func remove(_ span: TracedSpan, from slot: Int) {
        guard slots.indices.contains(slot), slots[slot] === span else { return }
        slots[slot] = nil
        freeSlots.append(slot)
    }

    /// All of them, in the same order in each run.
    var inOrder: [TracedSpan] { slots.compactMap(\.self).sorted { $0.id.value < $1.id.value } }
}
