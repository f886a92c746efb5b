import TriggerContext

/// Measures the cost per byte of large events of the kinds that can make a scan slow.
enum LargeEvents {
    private static let maximumNanosecondsPerByte = 50.0
    private static let size = 6 * 1_024 * 1_024
    /// The number of runs, of which the fastest counts, to exclude other processes' load.
    private static let runCount = 10

    /// Scans each event once.
    static func scan() {
        for (_, event) in events { _ = TriggerContext.extract(event: event) }
        print("\(events.count) large events: no crash")
    }

    /// Measures and reports; returns true if all events are fast enough.
    static func report() -> Bool {
        var areFast = true
        print("\("large event".padded(44))    bytes   ns/byte")
        for (name, event) in events {
            let cost =
                Double(Stopwatch.best(of: runCount) { _ = TriggerContext.extract(event: event) }) / Double(event.count)
            let isFast = cost <= maximumNanosecondsPerByte
            areFast = areFast && isFast
            print("\(name.padded(44)) \(event.count)   \(cost.rounded(toPlaces: 2))\(isFast ? "" : "  TOO SLOW")")
        }
        return areFast
    }

    private static func repeated(_ text: String) -> String {
        String(repeating: text, count: size / text.utf8.count)
    }

    private static var events: [(name: String, event: [UInt8])] {
        let records = #"{"eventSource":"aws:sqs","messageId":"m","body":"{\"session_id\":\"s\"}"},"#
        let small = [
            ("digits", "{\"a\":\(repeated("1"))}"), ("never-ending text", "{\"a\":\"\(repeated("x"))"),
            ("escapes", "{\"a\":\"\(repeated(#"\\"#))\"}"), ("quotes", "{\(repeated(#""":0,"#))\"a\":0}"),
            ("a million empty arrays", "{\"a\":[\(repeated("[],"))0]}"),
            ("empty members", "{\(repeated(#""a":{},"#))\"b\":0}"),
            ("depth, open", "{\"a\":\(repeated("["))"), ("depth of objects, open", repeated("{\"a\":")),
            ("session keys", "{\(repeated(#""session_id":"","#))\"b\":0}"),
            ("baggage", "{\(repeated(#""baggage":"a=1","#))\"b\":0}"),
            ("escaped names", #"{\#(repeated(#""\u0073ession_id":"","#))"b":0}"#),
            ("messages", #"{"Records":[\#(repeated(records))0]}"#),
            ("records of nothing", #"{"Records":[{"eventSource":"aws:sqs"},\#(repeated("{},"))0]}"#),
            ("scopes", "{\(repeated(#""metadata":{"session_id":0},"#))\"b\":0}"),
            (
                "message attributes",
                #"{"Records":[{"eventSource":"aws:sqs","messageAttributes":{\#(repeated(#""baggage":{"stringValue":"a"},"#))"b":0}}]}"#
            ),
            (
                "Kafka headers",
                #"{"eventSource":"aws:kafka","records":{"t":[{"headers":[\#(repeated(#"{"baggage":[49,50]},"#))0]}]}}"#
            ),
            (
                "escaped body",
                #"{"requestContext":{},"httpMethod":"GET","body":"{\#(repeated(#"\"a\":\"\\n\","#))\"b\":0}"}"#
            ),
            ("bodies in bodies", #"{"requestContext":{},"httpMethod":"GET","body":"\#(repeated(#"\"\\\""#))"}"#),
            (
                "base64",
                #"{"requestContext":{},"httpMethod":"GET","isBase64Encoded":true,"body":"\#(repeated("eyJh"))"}"#
            ),
        ]
        return small.map { ($0.0, Array($0.1.utf8)) }
    }
}
