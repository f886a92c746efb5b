import Synchronization
import TracedLambda

/// The measured function: an echo with two nested spans, or with the number of spans and the pause given by its event.
@main
struct BenchmarkFunction: TracedHandler {
    func handle(_ event: BenchmarkEvent, context: InvocationContext) async throws -> BenchmarkReply {
        if let pause = event.sleepMilliseconds { try await Task.sleep(for: .milliseconds(pause)) }
        for number in 0..<(event.prints ?? 0) { print("line \(number) of the benchmark's own output") }
        let result =
            if let count = event.spans {
                await step(count, of: event, tracer: context.tracer)
            } else {
                try await processEvent(event.input, tracer: context.tracer)
            }
        return BenchmarkReply(result: result, sessionID: context.session.id.description, padding: event.padding)
    }

    private func processEvent(_ input: String, tracer: InvocationTracer) async throws -> String {
        try await tracer.enrichSpanContext(
            eventName: "process_event",
            type: .chain,
            inputs: ["input": .string(input)]
        ) { span in
            let result = try await process(input, tracer: tracer)
            span.enrich(outputs: ["result": .string(result)])
            return result
        }
    }

    private func process(_ input: String, tracer: InvocationTracer) async throws -> String {
        await tracer.enrichSpanContext(
            eventName: "process",
            type: .tool,
            inputs: ["input": .string(input)]
        ) { span in
            span.enrich(outputs: ["result": .string(input)])
            return input
        }
    }

    private func step(_ count: Int, of event: BenchmarkEvent, tracer: InvocationTracer) async -> String {
        for index in 0..<count {
            await tracer.enrichSpanContext(
                eventName: "step",
                type: .tool,
                inputs: ["input": .string(event.text(2 * index))]
            ) { span in
                let isLong = event.textBytes != nil
                span.enrich(outputs: isLong ? ["text": .string(event.text(2 * index + 1))] : ["index": .int(index)])
            }
        }
        return "\(count) spans"
    }
}

struct BenchmarkEvent: Decodable {
    let input: String
    /// Padding that sets the size of event and response.
    let padding: String?
    /// The number of consecutive spans to make instead of the two nested ones.
    let spans: Int?
    /// The length of the input and of the output of each of these spans, in bytes; without it, the input is ``input``.
    let textBytes: Int?
    /// The number of lines to print.
    let prints: Int?
    /// The time for which the handler waits without using the processor, in milliseconds.
    let sleepMilliseconds: Int?

    /// Returns a text of about ``textBytes``, one of many; without a length, the input.
    ///
    /// Made once, so that an invocation does not measure how it is made.
    func text(_ number: Int) -> String {
        guard let textBytes, textBytes > 0, textBytes <= Self.longText.count / 3 else { return input }
        let place = number * textBytes % (Self.longText.count - 2 * textBytes)
        return Self.texts.withLock { texts in
            if let known = texts[textBytes, default: [:]][place] { return known }
            let lineFeed = UInt8(ascii: "\n")
            let start = Self.longText[place...].firstIndex(of: lineFeed) ?? place
            let end = Self.longText[..<(start + textBytes)].lastIndex(of: lineFeed) ?? start
            let text = String(decoding: Self.longText[start..<end], as: UTF8.self)
            texts[textBytes, default: [:]][place] = text
            return text
        }
    }

    /// The texts so far, by their length and their place in ``longText``.
    private static let texts = Mutex<[Int: [Int: String]]>([:])

    /// Sentences of random words with quotes, line breaks and letters of two bytes, in UTF-8.
    ///
    /// Compressed they have about two fifths of their length, as a model's answers have.
    private static let longText: [UInt8] = {
        var state: UInt64 = 20_261_130
        func random(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        let letters = Array("etaoinshrdlucmfwypvbgk")
        let words = (0..<1_000).map { _ in String((0..<random(8) + 2).map { _ in letters[random(letters.count)] }) }
        var text: [UInt8] = []
        while text.count < maximumTextBytes {
            let sentence = (0..<random(12) + 3).map { _ in words[random(words.count)] }.joined(separator: " ")
            text += "\(sentence), \"\(words[random(words.count)])\"; très bien.\n".utf8
        }
        return text
    }()

    private static let maximumTextBytes = 400_000
}

struct BenchmarkReply: Encodable {
    let result: String
    let sessionID: String
    let padding: String?
}
