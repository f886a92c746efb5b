import FoundationEssentials
import TriggerContext

/// Measures the search for the session id in an event of 6 MB, relative to decoding that event.
enum ScanShare {
    private struct Event: Decodable {
        struct Message: Decodable {
            let role: String
            let content: String
            let tokens: Int
            let score: Double
        }

        let session_id: String
        let model: String
        let messages: [Message]
        let tags: [String: String]
    }

    private static let roundCount = 7

    static func report() throws {
        let event = Array(text.utf8)
        let data = Data(event)
        var scans: [Double] = []
        var decodes: [Double] = []
        for _ in 0..<roundCount {
            var start = ContinuousClock.now
            consume(TriggerContext.extract(event: event))
            scans.append((ContinuousClock.now - start) / .milliseconds(1))
            start = .now
            consume(try JSONDecoder().decode(Event.self, from: data))
            decodes.append((ContinuousClock.now - start) / .milliseconds(1))
        }
        Output.line("scan-6-MB", unit: "ms", scans)
        Output.line("JSONDecoder-6-MB", unit: "ms", decodes)
    }

    /// The event.
    ///
    /// The session id comes last, so that the whole event is scanned.
    private static var text: String {
        let prose = "Where does my session go, and who \\\"owns\\\" it?\\nAn answer follows; "
        let content = String(repeating: prose, count: 6)
        let message = #"{"role":"user","content":"\#(content)","tokens":128,"score":0.875}"#
        let messages = Array(repeating: message, count: 6_000_000 / (message.utf8.count + 1)).joined(separator: ",")
        return #"{"model":"m","messages":[\#(messages)],"tags":{"a":"b"},"session_id":"s-1"}"#
    }
}
