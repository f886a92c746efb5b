/// The open spans of an invocation, except the root.
///
/// Each span stores its slot, so that neither a start nor an end needs a search.
struct OpenSpans {
    private var slots: [TracedSpan?] = []
    private var freeSlots: [Int] = []

    var count: Int { slots.count - freeSlots.count }

    /// Adds a span.
    ///
    /// - Parameter span: The span.
    /// - Returns: The span's slot, used to remove it.
    mutating func insert(_ span: TracedSpan) -> Int {
        guard let slot = freeSlots.popLast() else {
            slots.append(span)
            return slots.count - 1
        }
        slots[slot] = span
        return slot
    }

    /// Removes a span; does nothing if it was removed before.
    mutating func remove(_ span: TracedSpan, from slot: Int) {
        guard slots.indices.contains(slot), slots[slot] === span else { return }
        slots[slot] = nil
        freeSlots.append(slot)
    }

    /// All open spans in a deterministic order.
    var inOrder: [TracedSpan] { slots.compactMap(\.self).sorted { $0.id.value < $1.id.value } }
}
