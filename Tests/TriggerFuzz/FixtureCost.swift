import Foundation
import SessionTracing
import TriggerContext
import TriggerEvents

/// Measures the scan of each recorded event, and its share of decoding it as the type that its trigger has.
///
/// The time counts, and the share is printed: a recorded event has at most a few kilobytes, so that most of its scan is
/// the recognition of the trigger, which does not depend on the size. ``ScanCost`` judges the share of large events.
enum FixtureCost {
    private static let runCount = 300
    /// Twice the slowest scan on the slowest machine so far: a time depends on the machine, and a search that passes an
    /// event several times exceeds it anyway.
    private static let maximumNanoseconds = 50_000

    /// Measures and reports each event, then the slowest one and the one with the largest share.
    ///
    /// - Parameter folder: The folder with the events.
    /// - Returns: True if every scan is fast enough.
    /// - Throws: The error of reading a file or of decoding an event.
    static func report(_ folder: URL) throws -> Bool {
        var costs: [Cost] = []
        print("\("recorded event".padded(48))   bytes   decode µs   scan µs   share")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        for file in files.sorted(by: { $0.path < $1.path }) {
            let data = try Data(contentsOf: file)
            let event = Array(data)
            let decode = decoder(of: TriggerContext.extract(event: event).trigger.source)
            try decode(data)
            let decoding = Stopwatch.best(of: runCount) { try? decode(data) }
            let scan = Stopwatch.best(of: runCount) { _ = TriggerContext.extract(event: event) }
            let name = file.deletingPathExtension().lastPathComponent
            let cost = Cost(name: name, scan: scan, share: Double(scan) / Double(decoding))
            costs.append(cost)
            print("\(name.padded(48)) \(event.count)   \((Double(decoding) / 1e3).rounded(toPlaces: 1))   \(cost)")
        }
        if let slowest = costs.max(by: { $0.scan < $1.scan }), let dearest = costs.max(by: { $0.share < $1.share }) {
            print("slowest scan: \(slowest.name.padded(34)) \(slowest)")
            print("largest share: \(dearest.name.padded(33)) \(dearest)")
        }
        let areFast = costs.allSatisfy { $0.scan <= maximumNanoseconds }
        if !areFast { print("TOO SLOW: over \(maximumNanoseconds / 1_000) µs for a recorded event") }
        return areFast
    }

    private struct Cost: CustomStringConvertible {
        let name: String
        /// The time of a scan, in nanoseconds.
        let scan: Int64
        /// The share of decoding.
        let share: Double

        var description: String {
            "\((Double(scan) / 1e3).rounded(toPlaces: 1))   \((share * 100).rounded(toPlaces: 1)) %"
        }
    }

    private static func decoder(of source: Trigger.Source) -> (Data) throws -> Void {
        switch source {
        case .apiGatewayREST, .apiGatewayHTTP, .loadBalancer, .lattice: decoder(HTTPRequestEvent.self)
        case .webSocket: decoder(WebSocketEvent.self)
        case .sqs: decoder(QueueBatchEvent.self)
        case .kinesis, .dynamoDB: decoder(StreamBatchEvent.self)
        case .kafka: decoder(KafkaBatchEvent.self)
        case .activeMQ, .rabbitMQ: decoder(BrokerBatchEvent.self)
        default: decoder(AttributeValue.self)
        }
    }

    /// Decodes as the framework does by default.
    private static func decoder<Event: Decodable>(_ type: Event.Type) -> (Data) throws -> Void {
        { _ = try JSONDecoder.decode(type, fromText: Array($0)) }
    }
}
