import CProbeOutput
import FoundationEssentials
import Glibc
import ProbeOutput
import TracedLambda

/// A function that performs the actions in its event, for the end-to-end tests of the runtime.
@main
struct ProbeFunction: TracedHandler {
    init() async throws {
        try OutputStep.performThoseOfInit()
        await LibrarySpans.makeThoseOfInit()
        _ = await MainActorStep.run()
        switch ProcessInfo.processInfo.environment["PROBE_INIT"] {
        case "throw": throw ProbeError.initialisation
        case "crash": fatalError("asked to crash in init")
        default: break
        }
    }

    func handle(_ event: ProbeEvent, context: InvocationContext) async throws -> ProbeReply {
        try await context.tracer.enrichSpanContext(eventName: event.command, type: .tool) { span in
            span.enrich(inputs: ["command": .string(event.command)])
            return try await perform(event, context: context)
        }
    }

    private func perform(_ event: ProbeEvent, context: InvocationContext) async throws -> ProbeReply {
        switch event.command {
        case "context": return .context(ContextReport(context))
        case "main-actor": return .text(await MainActorStep.run())
        case "fail": throw ProbeError.asked(event.text ?? "asked to fail")
        case "crash": fatalError("asked to crash")
        case "exit": exit(Int32(event.count ?? 3))
        case "misbehave":
            await takeSteps(event, context: context)
            guard cprobeoutput_misbehave(event.text ?? "") else { throw ProbeError.asked("no such way") }
            await takeSteps(event, context: context)
            return .text("survived")
        case "shell": return .text(cprobeoutput_run(event.text ?? "").map { String(cString: $0) } ?? "")
        case "large": return .text(String(repeating: "x", count: event.count ?? 0))
        case "length": return .text("\(event.text?.utf8.count ?? 0)")
        case "sleep":
            try await Task.sleep(for: .milliseconds(event.count ?? 0))
            return .text("slept")
        case "sleep-with-spans":
            await takeSteps(event, count: Self.stepCount, context: context)
            try await Task.sleep(for: .milliseconds(event.count ?? 0))
            await takeSteps(event, count: Self.stepCount, context: context)
            return .text("slept")
        case "spans":
            await takeSteps(event, context: context)
            return .text("done")
        case "stall":
            await takeSteps(event, context: context)
            try await Task.sleep(for: .seconds(3_600))
            return .text("not stalled")
        case "block":
            await takeSteps(event, context: context)
            sleep(3_600)
            return .text("not blocked")
        case "flush":
            await context.tracer.enrichSpanContext(eventName: "before-flush", type: .tool) { _ in }
            let report = await context.tracer.flush()
            return .text(
                "exported \(report.exportedSpanCount) deferred \(report.deferredSpanCount) dropped \(report.droppedSpanCount)"
            )
        case "log":
            context.logger.info("\(event.text ?? "")", metadata: ["answer": "42"])
            Logger(label: "elsewhere").warning("from another logger")
            return .text("logged")
        case "write":
            for step in event.output ?? [] { step.perform(logger: context.logger) }
            return .text("written")
        case "enrich-span":
            let fields = event.documents?.first ?? [:]
            context.tracer.enrichSpan(
                inputs: fields["inputs"] ?? [:],
                outputs: fields["outputs"] ?? [:],
                metadata: fields["metadata"] ?? [:],
                metrics: fields["metrics"] ?? [:],
                config: fields["config"] ?? [:],
                userProperties: fields["user_properties"] ?? [:],
                error: event.text,
                feedback: fields["feedback"] ?? [:]
            )
            return .text("enriched")
        case "enrich-session":
            for fields in event.documents ?? [] {
                context.tracer.enrichSession(
                    metadata: fields["metadata"] ?? [:],
                    feedback: fields["feedback"] ?? [:],
                    metrics: fields["metrics"] ?? [:],
                    outputs: fields["outputs"] ?? [:],
                    config: fields["config"] ?? [:],
                    userProperties: fields["user_properties"] ?? [:]
                )
            }
            return .text("enriched")
        case "spans-outside-tasks":
            await LibrarySpans.makeOutsideTasks()
            return .text("done")
        case "spans-later":
            LibrarySpans.makeLater(after: .milliseconds(event.count ?? 0))
            if event.text == "wait" { try await Task.sleep(for: .milliseconds(2 * (event.count ?? 0))) }
            return .text("done")
        case "spans-later-in-context":
            LibrarySpans.makeLaterInContext(after: .milliseconds(event.count ?? 0))
            return .text("done")
        case "consume":
            LibrarySpans.consume(event.message ?? [:])
            return .text("consumed")
        case "call":
            return .text(try await NextService(url: event.text ?? "").call(context: context))
        case "http":
            return .texts(await event.http?.perform(context: context) ?? [])
        case "send":
            var statuses: [Int] = []
            for request in event.requests ?? [] { statuses.append(try await request.send(context.http)) }
            return .text("\(statuses)")
        case "linger":
            // A task that outlives its invocation and fails after the response.
            Task.detached { [logger = context.logger] in
                try? await Task.sleep(for: .milliseconds(event.count ?? 50))
                logger.info("lingered")
                throw ProbeError.asked("after the response")
            }
            return .text("lingering")
        default: return .text(event.text ?? "")
        }
    }

    private static let stepCount = 20

    private func takeSteps(_ event: ProbeEvent, count: Int? = nil, context: InvocationContext) async {
        for index in 0..<(count ?? event.count ?? 0) {
            await context.tracer.enrichSpanContext(eventName: "step", type: .tool) {
                $0.enrich(inputs: event.text.map { ["text": .string($0)] } ?? [:], metrics: ["index": .int(index)])
            }
        }
    }
}

struct ProbeEvent: Decodable {
    let command: String
    let text: String?
    let count: Int?
    /// The writes of the command `write`.
    let output: [OutputStep]?
    /// HoneyHive's fields for a span, or for each session update.
    let documents: [[String: [String: AttributeValue]]]?
    /// The signed requests of the command `send`.
    let requests: [SignedRequest]?
    /// The header fields of a message that a library consumes.
    let message: [String: String]?
    /// The calls of the command `http`.
    let http: HTTPStep?
}

enum ProbeReply: Encodable {
    case text(String)
    case texts([String])
    case context(ContextReport)

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .texts(let texts): try container.encode(texts)
        case .context(let report): try container.encode(report)
        }
    }
}

/// The context as received by the handler.
struct ContextReport: Encodable {
    let requestID: String
    let functionARN: String
    let functionName: String
    let functionVersion: String
    let deadlineUnixMilliseconds: Int
    let remainingMilliseconds: Int
    let sessionID: String
    let sessionOrigin: String
    let sessionName: String
    let traceID: String
    let xrayTraceID: String?
    let clientContext: AttributeValue?
    let identityID: String?
    let identityPoolID: String?
    let tenantID: String?
    let isColdStart: Bool

    init(_ context: InvocationContext) {
        requestID = context.requestID
        functionARN = context.functionARN
        functionName = context.functionName
        functionVersion = context.functionVersion
        deadlineUnixMilliseconds = Int(context.deadline.timeIntervalSince1970 * 1_000)
        remainingMilliseconds = Int(context.remainingTime / .milliseconds(1))
        sessionID = context.session.id.description
        sessionOrigin = context.session.origin.rawValue
        sessionName = context.session.name
        traceID = context.tracer.traceID.description
        xrayTraceID = context.xrayTraceID
        clientContext = context.clientContext.map { .dictionary($0.members) }
        identityID = context.identity?.identityID
        identityPoolID = context.identity?.identityPoolID
        tenantID = context.tenantID
        isColdStart = context.isColdStart
    }
}

enum ProbeError: Error, CustomStringConvertible {
    case initialisation
    case asked(String)

    var description: String {
        switch self {
        case .initialisation: "asked to fail in init"
        case .asked(let text): text
        }
    }
}
