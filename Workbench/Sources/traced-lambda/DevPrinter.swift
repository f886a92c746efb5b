import LocalLambda
import OTLP
import Synchronization
import Traces

/// Prints the local Lambda's events to standard output, between the functions' own lines.
final class DevPrinter: Sendable {
    /// The server's port, for links, once it listens.
    ///
    /// The lock also keeps the lines apart.
    private let port = Mutex<Int?>(nil)
    private let terminal: TerminalSettings
    private let printsJSON: Bool

    init(terminal: TerminalSettings, printsJSON: Bool) {
        self.terminal = terminal
        self.printsJSON = printsJSON
    }

    func print(_ event: DevEvent) {
        let text = printsJSON ? event.json.text : event.text(usesColour: terminal.outputUsesColour)
        port.withLock { port in
            if case .listening(let own, _) = event { port = own }
            TextFiles.writeOutput(text + "\n")
        }
    }

    /// Prints the end of an invocation.
    ///
    /// - Parameters:
    ///   - summary: The invocation.
    ///   - span: Its root span; `nil` when that has not arrived.
    func print(_ summary: InvocationSummary, _ span: InvocationSpan?) {
        port.withLock { port in
            let url = span.flatMap { span in port.map { "http://localhost:\($0)\(span.path)" } }
            let text =
                printsJSON
                ? summary.json(span, url: url).text
                : summary.line(span, url: url).rendered(widthColumns: .max, usesColour: terminal.outputUsesColour)
            TextFiles.writeOutput(text + "\n")
        }
    }
}

extension DevEvent {
    /// The event as a JSON object, for other programs.
    fileprivate var json: JSONValue {
        switch self {
        case .listening(let port, let otlp):
            [
                "event": "listening", "port": .number(JSONNumber(port)),
                "otlpGrpcPort": otlp.grpc.map { .number(JSONNumber($0)) } ?? .null,
                "otlpHttpPort": otlp.http.map { .number(JSONNumber($0)) } ?? .null,
                "problems": .array(otlp.problems.map(JSONValue.string)),
            ]
        case .attachable(let function, let variables):
            ["event": "attachable", "function": .string(function), "variables": Self.json(variables)]
        case .building(let products):
            ["event": "building", "products": .array(products.map(JSONValue.string))]
        case .buildFailed(let reason): ["event": "buildFailed", "reason": .string(reason)]
        case .serving(let functions, let port):
            [
                "event": "serving", "functions": .array(functions.map(JSONValue.string)),
                "port": .number(JSONNumber(port)),
            ]
        case .retriesExhausted(let function, let requestID, let error):
            [
                "event": "gaveUp", "function": .string(function), "requestId": .string(requestID),
                "error": .string(error),
            ]
        case .deadLettered(let function, let messageID):
            ["event": "putAside", "function": .string(function), "messageId": .string(messageID)]
        }
    }

    private static func json(_ variables: [String: String]) -> JSONValue {
        let sorted = variables.sorted { $0.key < $1.key }
        return .object(JSONObject(sorted.map { .init(name: $0.key, value: .string($0.value)) }))
    }

    /// The event as a line for people.
    fileprivate func text(usesColour: Bool) -> String {
        switch self {
        case .listening(let port, let otlp):
            ([
                """
                Viewer         http://localhost:\(port)/
                AWS's clients  export AWS_ENDPOINT_URL_LAMBDA=http://localhost:\(port)
                HoneyHive      export HH_API_URL=http://localhost:\(port) HH_API_KEY=local
                OpenTelemetry  export OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:\(port)
                """
            ] + otlp.lines(indentedTo: 15)).joined(separator: "\n")
        case .attachable(let function, let variables):
            "Start \(function) in the debugger, with these variables:\n"
                + variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "\n")
        case .building(let products): "Building \(products.joined(separator: ", "))"
        case .buildFailed(let reason):
            reason.split(separator: "\n").map { line in
                StyledLine("! \(line)", .bad).rendered(widthColumns: .max, usesColour: usesColour)
            }.joined(separator: "\n")
        case .serving(let functions, let port):
            functions.map { "Serving \($0)  http://\($0.lowercased()).localhost:\(port)/" }.joined(separator: "\n")
                + (functions.first.map { "\n" + Self.examples(of: $0, port: port) } ?? "")
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
    fileprivate func json(_ span: InvocationSpan?, url: String?) -> JSONValue {
        func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
        return [
            "event": "invocation", "function": .string(functionName), "requestId": .string(requestID),
            "durationNanoseconds": .number(JSONNumber(duration.wholeNanoseconds)),
            "initNanoseconds": initDuration.map { .number(JSONNumber($0.wholeNanoseconds)) } ?? .null,
            "peakMegabytes": peakMegabytes.map { .number(JSONNumber($0)) } ?? .null,
            "error": result.error?.json ?? .null,
            "sessionId": text(span?.sessionID), "traceId": text(span?.traceID), "spanId": text(span?.spanID),
            "url": text(url),
        ]
    }

    fileprivate func line(_ span: InvocationSpan?, url: String?) -> StyledLine {
        var facts = DurationText.text(nanoseconds: duration.wholeNanoseconds)
        if let initDuration { facts += ", init \(DurationText.text(nanoseconds: initDuration.wholeNanoseconds))" }
        if let peakMegabytes { facts += ", \(peakMegabytes) MB" }
        let remedy = "to give one: aws … --payload, traced-lambda invoke … --data"
        let hint = hasEmptyEvent ? " (the event was {}; \(remedy))" : ""
        var line =
            result.error.map { StyledLine("✗ \(functionName)  \(facts)  \($0.type): \($0.message)\(hint)", .bad) }
            ?? StyledLine("✓ \(functionName)  \(facts)", .good)
        line.append("  request \(requestID)", .faint)
        guard let span else {
            line.append("  no span here yet", .faint)
            return line
        }
        line.append("  session \(span.sessionID)", .faint)
        if let url { line.append("  \(url)", .faint) }
        return line
    }
}

extension EndedInvocation {
    /// What the page of the invocation shows.
    func content(log: [UInt8]) -> InvocationContent {
        var response: [UInt8] = []
        var contentType: String?
        if case .response(let bytes, let type) = summary.result { (response, contentType) = (bytes, type) }
        return InvocationContent(
            facts: [
                "durationNanoseconds": .number(JSONNumber(summary.duration.wholeNanoseconds)),
                "billedMilliseconds": .number(JSONNumber(summary.billedMilliseconds)),
                "initNanoseconds": summary.initDuration.map { .number(JSONNumber($0.wholeNanoseconds)) } ?? .null,
                "memoryMegabytes": .number(JSONNumber(summary.memoryMegabytes)),
                "peakMegabytes": summary.peakMegabytes.map { .number(JSONNumber($0)) } ?? .null,
                "build": .number(JSONNumber(buildNumber)),
                "error": summary.result.error?.json ?? .null,
                "contentType": contentType.map(JSONValue.string) ?? .null,
                "clientContext": clientContext.map(JSONValue.string) ?? .null,
                "tenantId": tenantID.map(JSONValue.string) ?? .null,
            ],
            event: event,
            response: response,
            log: log
        )
    }
}
