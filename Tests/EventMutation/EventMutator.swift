/// Mutates events in ways in which a faulty or hostile sender could.
package struct EventMutator: Sendable {
    private let seeds: [[UInt8]]

    /// Bytes with a meaning in JSON, and some invalid ones.
    private static let awkward = Array("{}[]\":,\\/ubftnrse0123456789.-+eE \t\n".utf8) + [0x00, 0x7F, 0x80, 0xC3, 0xFF]

    package init(seeds: [[UInt8]]) {
        self.seeds = seeds
    }

    /// Returns an event with one to four mutations.
    package func mutated(using generator: inout SeededGenerator) -> [UInt8] {
        var event = seeds.randomElement(using: &generator) ?? []
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !event.isEmpty {
            mutate(&event, using: &generator)
        }
        return event
    }

    private func mutate(_ event: inout [UInt8], using generator: inout SeededGenerator) {
        let index = Int.random(in: 0..<event.count, using: &generator)
        let byte = Self.awkward.randomElement(using: &generator) ?? 0
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: event[index] = byte
        case 1: event.insert(byte, at: index)
        case 2: event.remove(at: index)
        case 3: if Bool.random(using: &generator) { event.removeSubrange(index...) }
        case 4: event[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 5:
            // Duplicate a part: a member, a bracket, or a part of a string.
            let length = Int.random(in: 0...min(64, event.count - index), using: &generator)
            event.insert(contentsOf: event[index..<(index + length)], at: index)
        case 6:
            let length = Int.random(in: 0...min(64, event.count - index), using: &generator)
            event.removeSubrange(index..<(index + length))
        default:
            let other = seeds.randomElement(using: &generator) ?? []
            let length = min(256, Int.random(in: 0...other.count, using: &generator))
            event.insert(contentsOf: other.prefix(length), at: index)
        }
    }
}
