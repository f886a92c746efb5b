import LocalLambda
import OTLP
import Synchronization
import Traces

/// Prints the local Lambda's events to standard output, between the functions' own lines.
final class DevPrinter: Sendable {
    private let lock = Mutex(())
    private let terminal: TerminalSettings
    private let printsJSON: Bool

    init(terminal: TerminalSettings, printsJSON: Bool) {
        self.terminal = terminal
        self.printsJSON = printsJSON
    }

    func print(_ event: DevEvent) {
        let text = printsJSON ? event.json.text : event.text(usesColour: terminal.outputUsesColour)
        lock.withLock { _ in TextFiles.writeOutput(text + "\n") }
    }
}

extension DevEvent {
    /// The event as a JSON object, for other programs.
    fileprivate var json: JSONValue {
        switch self {
        case .listening(let port): ["event": "listening", "port": .number(JSONNumber(port))]
        case .building(let products):
            ["event": "building", "products": .array(products.map(JSONValue.string))]
        case .buildFailed(let reason): ["event": "buildFailed", "reason": .string(reason)]
        case .serving(let functions, let port):
            [
                "event": "serving", "functions": .array(functions.map(JSONValue.string)),
                "port": .number(JSONNumber(port)),
            ]
        case .invocation(let summary): summary.json
        case .retriesExhausted(let function, let requestID, let error):
            [
                "event": "gaveUp", "function": .string(function), "requestId": .string(requestID),
                "error": .string(error),
            ]
        case .deadLettered(let function, let messageID):
            ["event": "putAside", "function": .string(function), "messageId": .string(messageID)]
        }
    }

    /// The event as a line for people.
    fileprivate func text(usesColour: Bool) -> String {
        switch self {
        case .listening(let port):
            """
            Viewer         http://localhost:\(port)/
            AWS's clients  export AWS_ENDPOINT_URL_LAMBDA=http://localhost:\(port)
            HoneyHive      export HH_API_URL=http://localhost:\(port) HH_API_KEY=local
            OpenTelemetry  export OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:\(port)
            """
        case .building(let products): "Building \(products.joined(separator: ", "))"
        case .buildFailed(let reason):
            reason.split(separator: "\n").map { line in
                StyledLine("! \(line)", .bad).rendered(widthColumns: .max, usesColour: usesColour)
            }.joined(separator: "\n")
        case .serving(let functions, let port):
            functions.map { "Serving \($0)  http://\($0.lowercased()).localhost:\(port)/" }.joined(separator: "\n")
                + (functions.first.map { "\n" + Self.examples(of: $0, port: port) } ?? "")
        case .invocation(let summary): summary.line.rendered(widthColumns: .max, usesColour: usesColour)
        case .retriesExhausted(let function, let requestID, let error):
            StyledLine("! \(function) gave up on \(requestID): \(error)", .bad).rendered(
                widthColumns: .max,
                usesColour: usesColour
            )
        case .deadLettered(let function, let messageID):
            StyledLine("! \(function) failed for the last time at message \(messageID)", .bad)
                .rendered(widthColumns: .max, usesColour: usesColour)
        }
    }
}

extension DevEvent {
    /// Commands that invoke a function, each of which works as it is, without credentials or a configured region.
    ///
    /// `fileb://` is the only form in which both versions of AWS's command line accept JSON.
    fileprivate static func examples(of function: String, port: Int) -> String {
        let event = #"{"question": "why?"}"#
        let portOption = port == LocalPort.standard ? "" : " --port \(port)"
        return """
            Try            traced-lambda invoke \(function)\(portOption) --data '\(event)'
            or             echo '\(event)' | aws lambda invoke --no-sign-request --region us-east-1 \
            --endpoint-url http://localhost:\(port) --function-name \(function) --payload fileb:///dev/stdin /dev/stdout
            """
    }
}

extension InvocationSummary {
    fileprivate var json: JSONValue {
        [
            "event": "invocation", "function": .string(functionName), "requestId": .string(requestID),
            "durationNanoseconds": .number(JSONNumber(duration.wholeNanoseconds)),
            "initNanoseconds": initDuration.map { .number(JSONNumber($0.wholeNanoseconds)) } ?? .null,
            "peakMegabytes": peakMegabytes.map { .number(JSONNumber($0)) } ?? .null,
            "error": result.error?.json ?? .null,
        ]
    }

    fileprivate var line: StyledLine {
        var facts = DurationText.text(nanoseconds: duration.wholeNanoseconds)
        if let initDuration { facts += ", init \(DurationText.text(nanoseconds: initDuration.wholeNanoseconds))" }
        if let peakMegabytes { facts += ", \(peakMegabytes) MB" }
        guard let error = result.error else { return StyledLine("✓ \(functionName)  \(facts)", .good) }
        let remedy = "to give one: aws … --payload, traced-lambda invoke … --data"
        let hint = hasEmptyEvent ? " (the event was {}; \(remedy))" : ""
        return StyledLine("✗ \(functionName)  \(facts)  \(error.type): \(error.message)\(hint)", .bad)
    }
}
