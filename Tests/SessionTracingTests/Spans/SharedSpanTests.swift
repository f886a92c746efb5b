import SessionTracing
import Testing
import Tracing

/// 8 tasks write 10,000 attributes to one span with a raised limit.
@Suite("10,000 attributes from 8 tasks")
struct SharedSpanTests {
    private static let taskCount = 8
    private static let writesPerTask = 1_250

    private let fixture: TracerFixture

    init() throws {
        fixture = try TracerFixture(policy: TracingPolicy(limits: TracingLimits(attributeCount: 20_000)))
    }

    private func write(_ body: @escaping @Sendable (TracedSpan, _ task: Int, _ step: Int) -> Void) async throws
        -> AttributeList
    {
        let span = fixture.root
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<Self.taskCount {
                group.addTask {
                    for step in 0..<Self.writesPerTask { body(span, task, step) }
                }
            }
        }
        fixture.tracer.endRootSpan()
        return try fixture.spans.only("root").attributes
    }

    @Test("Of 10,000 names none is lost")
    func setAttribute() async throws {
        let attributes = try await write { span, task, step in
            span.setAttribute("\(task).\(step)", to: .int(step))
        }
        for task in 0..<Self.taskCount {
            #expect((0..<Self.writesPerTask).allSatisfy { attributes["\(task).\($0)"] == .int($0) })
        }
        #expect(attributes.droppedCount == 0)
    }

    @Test("Of 10,000 enrichments none is lost")
    func enrich() async throws {
        let attributes = try await write { span, task, step in
            span.enrich(metadata: ["\(task).\(step)": .int(step)])
        }
        for task in 0..<Self.taskCount {
            #expect((0..<Self.writesPerTask).allSatisfy { attributes["honeyhive_metadata.\(task).\($0)"] == .int($0) })
        }
        #expect(attributes.droppedCount == 0)
    }

    /// Each task has its own names for each way of writing, and writes them repeatedly: the last value must be kept.
    ///
    /// One in ten writes uses swift-distributed-tracing's `attributes` and one its `updateAttributes`, both of which
    /// read all attributes.
    @Test("10,000 writes in four ways at once disturb no other way and no other task")
    func everyWay() async throws {
        let keyCount = 4
        let attributes = try await write { span, task, step in
            let key = "\(task).\(step / 10 % keyCount)"
            switch step % 10 {
            case 0: span.attributes["setter.\(key)"] = step
            case 1: span.updateAttributes { $0["update.\(key)"] = step }
            case 2...5: span.setAttribute("set.\(key)", to: .int(step))
            default: span.enrich(outputs: ["enriched.\(key)": .int(step)])
            }
        }
        for task in 0..<Self.taskCount {
            for key in 0..<keyCount {
                // The last round of ten that writes this key.
                let round = (Self.writesPerTask / 10 - 1 - key) / keyCount * keyCount + key
                let last = ["setter": 0, "update": 1, "set": 5, "honeyhive_outputs.enriched": 9]
                for (way, offset) in last {
                    #expect(attributes["\(way).\(task).\(key)"] == .int(round * 10 + offset), "\(way)")
                }
            }
        }
    }
}
