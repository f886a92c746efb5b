import ArgumentParser
import FoundationEssentials
import HTTPTypes
import LocalLambda
import NIOPosix
import OTLP

@_spi(Workbench) import TestEvents

/// `traced-lambda invoke`: invokes a function that `dev` serves.
struct InvokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invoke",
        abstract: "Invoke a function of `traced-lambda dev`, as one of Lambda's triggers would.",
        discussion: """
            The data is put into the trigger's event, with the members of AWS's own, and the session and the parent where \
            that trigger carries them: in a header of a request, an attribute of a message or of a conversation, or a \
            key of the data. docs/triggers.md lists the places. Name a trigger with --trigger:
            \(TestTrigger.allCases.map(\.rawValue).joined(separator: ", ")).

            The function's answer goes to standard output. The exit status is 0 when the function answered; 1 when it \
            failed, its error then is the output; 64 when the command line is wrong; 69 when nothing listens.

            Example: traced-lambda invoke HelloSession --session-id $(uuidgen) --data '{"input": "why?"}'
            """
    )

    @Argument(help: "The function's name.")
    var name: String

    @Option(
        help: ArgumentHelp(
            "The data, in JSON; @FILE reads a file, @- standard input. Without it: {}.",
            valueName: "json"
        )
    )
    var data: JSONArgument?

    @Option(help: ArgumentHelp("The session that the event is to name.", valueName: "id"))
    var sessionID: String?

    @Option(help: ArgumentHelp("The caller's span, which the event is to name: a `traceparent`.", valueName: "value"))
    var traceparent: String?

    @Option(
        help: ArgumentHelp("What invokes the function; see above.", valueName: "trigger"),
        completion: .list(TestTrigger.allCases.map(\.rawValue)),
        transform: Self.trigger
    )
    var trigger = TestTrigger.direct

    @Option(help: "The port of `traced-lambda dev`.")
    var port = LocalPort.standard

    @Flag(help: "Print the event, and invoke nothing.")
    var dryRun = false

    func validate() throws {
        if sessionID?.isEmpty == true { throw ValidationError("--session-id must not be empty.") }
        if traceparent?.isEmpty == true { throw ValidationError("--traceparent must not be empty.") }
        guard LocalPort.range.contains(port) else {
            throw ValidationError("--port must be at most \(LocalPort.range.upperBound).")
        }
    }

    func run() async throws {
        let event = try makeEvent()
        guard !dryRun else { return TextFiles.writeOutput(event.prettyText + "\n") }
        let answer = try await send(event)
        let text = String(decoding: answer.body, as: UTF8.self)
        guard answer.head.status == .ok else {
            throw Self.refusal(answer, port: port)
        }
        TextFiles.writeOutput(TerminalSettings.shown(text) + "\n")
        guard answer.head.headerFields[.functionError] == nil else {
            guard data == nil else { throw ExitCode.failure }
            throw Failure.because("'\(name)' failed; its event had no data: give some with --data")
        }
    }

    /// The error for an answer that is not the function's.
    private static func refusal(_ answer: LoopbackClient.Answer, port: Int) -> ExitCode {
        let status = "HTTP \(answer.head.status.code)"
        let message = (try? JSONValue(parsing: answer.body))?.object.flatMap { $0["Message"] ?? $0["message"] }?.string
        guard let message, answer.head.headerFields[.errorType] != nil else {
            return Failure.because(
                "the program on port \(port) is not 'traced-lambda dev' (\(status)); name another port with --port",
                .unavailable
            )
        }
        return Failure.because("\(message) (\(status))")
    }

    private static func trigger(_ name: String) throws -> TestTrigger {
        guard let trigger = TestTrigger(rawValue: name) else {
            throw ValidationError("there is no trigger '\(name)'; traced-lambda invoke --help lists all")
        }
        return trigger
    }

    private func makeEvent() throws -> JSONValue {
        do {
            let data = try JSONValue(parsing: try givenData()).text
            let text = try TestValues.$current.withValue(LocalEvents.values()) {
                try TestEvent.text(trigger, json: data, sessionID: sessionID, traceparent: traceparent)
            }
            let event = try JSONValue(parsing: Array(text.utf8))
            guard event.bytes.count <= RuntimeLimits.eventBytes else {
                throw Self.tooLarge
            }
            return event
        } catch {
            throw Failure.because("--data: \(error)", ExitCode.validationFailure)
        }
    }

    private func givenData() throws(InputFileError) -> [UInt8] {
        guard let data else { return Array("{}".utf8) }
        // One byte more than the limit shows that the data exceeds it.
        let bytes = try data.read(limitBytes: RuntimeLimits.eventBytes + 1)
        guard !bytes.isEmpty else { throw InputFileError(description: "is empty; JSON is needed, for example {}") }
        guard bytes.count <= RuntimeLimits.eventBytes else { throw Self.tooLarge }
        return bytes
    }

    private static let tooLarge = InputFileError(
        description: "the event exceeds Lambda's limit of \(RuntimeLimits.eventBytes) bytes"
    )

    private func send(_ event: JSONValue) async throws -> LoopbackClient.Answer {
        let path = "/2015-03-31/functions/\(PercentText.encoded(name))/invocations"
        let headers: HTTPFields = [.contentType: "application/json"]
        do {
            return try await LoopbackClient.send(.post, port: port, path: path, headers: headers, body: event.bytes)
        } catch is NIOConnectionError {
            let hint = "start 'traced-lambda dev' in the package's folder, or name its port with --port"
            throw Failure.because("nothing listens on port \(port); \(hint)", .unavailable)
        } catch {
            throw Failure.because("the program on port \(port) gave no answer: \(error)", .unavailable)
        }
    }
}

extension ExitCode {
    /// A required service or program is not available (sysexits.h: EX_UNAVAILABLE).
    static let unavailable = ExitCode(69)
}

extension HTTPField.Name {
    /// The header of every error of Lambda's API.
    fileprivate static let errorType = named("X-Amzn-ErrorType")
    fileprivate static let functionError = named("X-Amz-Function-Error")
}
