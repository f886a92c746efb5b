import EventMutation
import Foundation
import TriggerContext

/// Scans malformed events, and measures the cost of a scan.
///
/// `TriggerFuzz FIXTURES COUNT` scans COUNT mutated events and the large ones, which the address sanitizer may watch;
/// `TriggerFuzz FIXTURES` measures, without a sanitizer: the time per byte of large events, and the share of decoding.
@main
enum TriggerFuzz {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 2 || arguments.count == 3 else { throw UsageError() }
        let seeds = try Seeds.read(from: URL(filePath: arguments[1]))
        guard arguments.count == 3 else {
            let isCheap = try ScanCost.report()
            let areFast = LargeEvents.report()
            exit(try FixtureCost.report(URL(filePath: arguments[1])) && isCheap && areFast ? 0 : 1)
        }
        guard let count = Int(arguments[2]), count > 0 else { throw UsageError() }
        mutate(seeds, count: count)
        LargeEvents.scan()
    }

    private struct UsageError: Error {}

    /// Scans mutated events.
    ///
    /// A crash, the address sanitizer or a result that is not reproducible ends the process.
    private static func mutate(_ seeds: [[UInt8]], count: Int) {
        let seed: UInt64 = 20_261_124
        var generator = SeededGenerator(seed: seed)
        let mutator = EventMutator(seeds: seeds)
        let path = SessionPath("Records.0.body.session_id")
        var foundCount = 0
        for iteration in 0..<count {
            let event = mutator.mutated(using: &generator)
            let context = TriggerContext.extract(event: event, sessionPath: iteration % 2 == 0 ? path : nil)
            if context.session != nil || context.records.contains(where: { $0.session != nil }) { foundCount += 1 }
        }
        print("\(count) mutated events, seed \(seed): no crash; a session in \(foundCount)")
    }
}
