import Foundation
import TriggerContext

/// Measures a scan relative to decoding the same event.
enum ScanCost {
    private static let runCount = 10
    private static let maximumShare = 0.1
    /// The maximum share of a direct event, which has nothing to open.
    private static let maximumDirectShare = 0.05

    /// Measures and reports; returns true if every scan is cheap enough.
    ///
    /// - Returns: True if every scan is cheap enough.
    /// - Throws: The error of decoding an event.
    static func report() throws -> Bool {
        var isCheap = true
        print("\("event".padded(28))   bytes   decode ms   scan ms   share")
        for (name, text, decode) in events {
            let event = Array(text.utf8)
            let data = Data(event)
            var failure: (any Error)?
            let decoding = Stopwatch.best(of: runCount) {
                do { try decode(data) } catch { failure = error }
            }
            if let failure { throw failure }
            let scan = Stopwatch.best(of: runCount) { _ = TriggerContext.extract(event: event) }
            let share = Double(scan) / Double(decoding)
            print(
                "\(name.padded(28)) \(event.count)   \((Double(decoding) / 1e6).rounded(toPlaces: 2))   "
                    + "\((Double(scan) / 1e6).rounded(toPlaces: 3))   \((share * 100).rounded(toPlaces: 1)) %"
            )
            let limit = name == "direct event" ? maximumDirectShare : maximumShare
            if share > limit {
                isCheap = false
                print("TOO SLOW: over \(Int(limit * 100)) % of decoding")
            }
        }
        return isCheap
    }

    // MARK: Event types

    private struct Question: Codable {
        struct Message: Codable {
            var role: String
            var content: String
            var tokens: Int
            var score: Double
        }
        var session_id: String?
        var model: String
        var messages: [Message]
        var tags: [String: String]
    }
    private struct Batch: Codable {
        struct Message: Codable {
            var session_id: String
            var text: String
        }
        struct Record: Codable {
            var messageId: String
            var receiptHandle: String
            var body: String
            var attributes: [String: String]
            var eventSource: String
            var eventSourceARN: String
        }
        var Records: [Record]
    }
    private struct Request: Codable {
        var version: String
        var rawPath: String
        var headers: [String: String]
        var requestContext: [String: [String: String]]
        var body: String
    }

    private static var events: [(String, String, (Data) throws -> Void)] {
        let prose = "Where does my session go, and who \\\"owns\\\" it?\\nAn answer follows; "
        let message = #"{"role":"user","content":"\#(String(repeating: prose, count: 6))","tokens":128,"score":0.875}"#
        let messages = Array(repeating: message, count: 2_000).joined(separator: ",")
        let question = #"{"model":"m","messages":[\#(messages)],"tags":{"a":"b"},"session_id":"s-1"}"#
        let inner = question.replacing(#"\"#, with: #"\\"#).replacing("\"", with: "\\\"")
        let shortBody = #"{\"session_id\":\"s-1\",\"text\":\"\#(String(repeating: "words ", count: 40))\"}"#
        let record =
            #"{"messageId":"059f36b4-87a3-44ab-83d2-661975830a7d","receiptHandle":"AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a","#
            + #""body":"\#(shortBody)","attributes":{"ApproximateReceiveCount":"1","SentTimestamp":"1545082649183"},"#
            + #""eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:us-east-2:123456789012:my-queue"}"#
        let batch = #"{"Records":[\#(Array(repeating: record, count: 1_600).joined(separator: ","))]}"#
        let request =
            #"{"version":"2.0","rawPath":"/","headers":{"x-session-id":"s"},"requestContext":{"http":{"method":"POST"}},"body":"\#(inner)"}"#
        return [
            ("direct event", question, { _ = try JSONDecoder().decode(Question.self, from: $0) }),
            (
                "SQS, 1,600 messages", batch,
                {
                    for record in try JSONDecoder().decode(Batch.self, from: $0).Records {
                        _ = try JSONDecoder().decode(Batch.Message.self, from: Data(record.body.utf8))
                    }
                }
            ),
            (
                "HTTP request",
                request,
                {
                    let request = try JSONDecoder().decode(Request.self, from: $0)
                    _ = try JSONDecoder().decode(Question.self, from: Data(request.body.utf8))
                }
            ),
        ]
    }
}
