import EventMutation
import SessionTracing
import Testing

@Suite("A list of attributes")
struct AttributeListTests {
    private func list(count: Int, maximumCount: Int = TracingLimits.defaultAttributeCount) -> AttributeList {
        var list = AttributeList(maximumCount: maximumCount)
        for index in 0..<count { list.set("key.\(index)", to: .int(index)) }
        return list
    }

    /// Up to 64 entries are searched linearly, more with a dictionary.
    @Test("Every key is found, whatever the count", arguments: [0, 1, 2, 63, 64, 65, 66, 67, 200])
    func finds(count: Int) {
        let list = list(count: count)
        #expect(list.entries.map(\.key) == (0..<count).map { "key.\($0)" })
        #expect((0..<count).map { list["key.\($0)"] } == (0..<count).map { .int($0) })
        #expect(list["key.\(count)"] == nil)
        #expect(list.droppedCount == 0)
    }

    @Test("A key that is set again keeps its place and takes the new value", arguments: [1, 63, 64, 65, 66, 200])
    func replaces(count: Int) {
        var list = list(count: count)
        for index in 0..<count { list.set("key.\(index)", to: .string("new \(index)")) }
        #expect(list.entries.map(\.key) == (0..<count).map { "key.\($0)" })
        #expect(list.entries.map(\.value) == (0..<count).map { .string("new \($0)") })
    }

    @Test("Keys that are set again while the count goes over 64 stay unique")
    func replacesWhileGrowing() {
        var list = AttributeList()
        for index in 0..<160 {
            list.set("key.\(index)", to: .int(index))
            list.set("key.\(index / 2)", to: .int(-index))
            list.set("key.0", to: "first")
        }
        #expect(list.entries.map(\.key) == (0..<160).map { "key.\($0)" })
        #expect(list["key.0"] == "first")
        #expect(list["key.79"] == .int(-159))
        #expect(list["key.80"] == .int(80))
    }

    @Test("What is over the limit is dropped and counted; what is there can still change", arguments: [1, 64, 65, 100])
    func limit(maximumCount: Int) {
        var list = list(count: maximumCount + 3, maximumCount: maximumCount)
        #expect(list.entries.map(\.key) == (0..<maximumCount).map { "key.\($0)" })
        #expect(list.droppedCount == 3)
        list.set("key.\(maximumCount - 1)", to: "changed")
        #expect(list["key.\(maximumCount - 1)"] == "changed")
        #expect(list["key.\(maximumCount)"] == nil)
        #expect(list.droppedCount == 3)
    }

    @Test("A list behaves like a dictionary that remembers its order")
    func model() throws {
        let seed: UInt64 = 20_260_202
        var generator = SeededGenerator(seed: seed)
        for iteration in 0..<200 {
            var list = AttributeList()
            var order: [String] = []
            var values: [String: AttributeValue] = [:]
            let range = Int.random(in: 1...160, using: &generator)
            for step in 0..<320 {
                let key = "k\(Int.random(in: 0..<range, using: &generator))"
                if values.updateValue(.int(step), forKey: key) == nil { order.append(key) }
                list.set(key, to: .int(step))
            }
            try #require(list.entries.map(\.key) == order, "seed \(seed), iteration \(iteration)")
            try #require(list.entries.map(\.value) == order.map { values[$0] }, "seed \(seed), iteration \(iteration)")
            try #require(order.map { list[$0] } == order.map { values[$0] }, "seed \(seed), iteration \(iteration)")
        }
    }
}
