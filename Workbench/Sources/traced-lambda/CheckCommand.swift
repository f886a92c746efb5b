import ArgumentParser
import FoundationEssentials
import OTLP
import Traces

/// `traced-lambda check`: compares a session's trace with rules.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a session's trace: spans that must exist, errors, tokens, cost, delivery, secrets.",
        discussion: """
            The rules are in a file, in options, or both. A file in YAML:

              spans:
                - answer > retrieve          # a span 'retrieve' below a span 'answer'
                - name: find_order
                  kind: tool                 # or model, chain
                  count: 1
                  max-duration: 500ms
                  attributes: {gen_ai.tool.name: find_order}
              errors: none
              max-tokens: 2000
              max-cost: 0.05                 # US dollars
              max-duration: 3s
              delivered-before-response: true
              absent: [sk-live-, $OPENAI_API_KEY]

            The exit status is 0 when all rules hold, 1 when one does not or the session is not there, 64 when the command \
            line or the file is wrong, 69 when nothing listens on the port.

            Example: traced-lambda check --last --file trace.yaml --junit report.xml
            """
    )

    @OptionGroup
    var sourceOptions: SourceOptions

    @Flag(help: "The latest session.")
    var last = false

    @Option(help: ArgumentHelp("The rules, in YAML; - is standard input.", valueName: "file"))
    var file: PathArgument?

    @Option(help: ArgumentHelp("A span that must exist: NAME, or 'PARENT > NAME'. Can be repeated.", valueName: "name"))
    var span: [String] = []

    @Flag(help: "No span may have failed.")
    var noErrors = false

    @Option(help: ArgumentHelp("The most tokens of all model calls.", valueName: "count"))
    var maxTokens: Int64?

    @Option(help: ArgumentHelp("The highest cost of all model calls, in US dollars.", valueName: "dollars"))
    var maxCost: Double?

    @Option(
        help: ArgumentHelp("The longest time from the first start to the last end: 250ms, 2s or 1m.", valueName: "time")
    )
    var maxDuration: String?

    @Flag(help: "Each span must have arrived before the response of its invocation, which 'dev' has served.")
    var deliveredBeforeResponse = false

    @Option(
        help: ArgumentHelp(
            "A text that must be nowhere in the trace; $NAME (in quotes) is a variable's value. Can be repeated.",
            valueName: "text"
        )
    )
    var absent: [String] = []

    @Option(help: ArgumentHelp("Write the results for CI, in JUnit's XML.", valueName: "file"))
    var junit: PathArgument?

    @Argument(help: "The session's id, or enough of its begin to tell it from others.")
    var session: String?

    func validate() throws {
        guard (session == nil) == last, session?.isEmpty != true else {
            throw ValidationError("Give a session's id or --last, as in: traced-lambda check --last --no-errors")
        }
    }

    func run() async throws {
        let rules = try makeRules()
        guard !rules.isEmpty else {
            throw Failure.because("there is no rule; give --file or options such as --no-errors", .validationFailure)
        }
        let source = try sourceOptions.source()
        let session = try await source.find(session)
        let lateness = try await source.lateness(of: session.id)
        let spans = try await source.spans(of: session.id).map { span in
            TraceCheck.Span(span, isLate: lateness["\(span.span.traceID.hex)-\(span.span.spanID.hex)"])
        }
        let check = TraceCheck(
            spans: spans,
            fields: session.fields,
            tokens: session.tokenCount,
            dollars: session.dollars
        )
        let results = check.results(rules)
        print(results, of: session.id)
        if let junit { try write(JUnitReport.text(session: session.id, results), to: junit) }
        guard results.allSatisfy({ $0.failure == nil }) else { throw ExitCode.failure }
    }

    private func makeRules() throws -> CheckRules {
        let environment = ProcessInfo.processInfo.environment
        do {
            var rules = CheckRules()
            if let file {
                let bytes = try TextFiles.read(file, limitBytes: YAMLReader.limitBytes)
                rules = try CheckRules(yaml: String(decoding: bytes, as: UTF8.self), environment: environment)
            }
            for text in span { rules.spans.append(try CheckRules.ExpectedSpan(short: text)) }
            for text in absent { rules.absentTexts.append(try CheckRules.secret(text, environment)) }
            rules.forbidsErrors = rules.forbidsErrors || noErrors
            rules.isDeliveredBeforeResponse = rules.isDeliveredBeforeResponse || deliveredBeforeResponse
            rules.maxTokens = maxTokens ?? rules.maxTokens
            rules.maxDollars = maxCost ?? rules.maxDollars
            if let maxDuration {
                guard let limit = CheckRules.nanoseconds(in: maxDuration) else {
                    throw CheckError(
                        description: "--max-duration is '\(maxDuration)'; it must be a time such as 250ms, 2s or 1m"
                    )
                }
                rules.maxNanoseconds = limit
            }
            return rules
        } catch let error as CheckError {
            let place = file.map { $0.isStandardInput ? "standard input: " : "'\($0.path)': " } ?? ""
            throw Failure.because(place + TerminalText.escaped(error.description), .validationFailure)
        } catch {
            throw Failure.because("--file: \(error)", .validationFailure)
        }
    }

    private func print(_ results: [TraceCheck.Result], of session: String) {
        let terminal = TerminalSettings(environment: ProcessInfo.processInfo.environment)
        let lines = results.map { result in
            var line = StyledLine(result.failure == nil ? "✓ " : "✗ ", result.failure == nil ? .good : .bad)
            line.append(result.name)
            if let failure = result.failure { line.append(": \(failure)", .bad) }
            return line
        }
        let failed = results.count { $0.failure != nil }
        let end = StyledLine("Session \(session): \(results.count - failed) of \(results.count) hold", .strong)
        let renderer = TraceTreeRenderer(widthColumns: .max, usesColour: terminal.outputUsesColour)
        TextFiles.writeOutput(renderer.render(lines + [end]).joined(separator: "\n") + "\n")
    }

    private func write(_ text: String, to file: PathArgument) throws {
        guard FileManager.default.createFile(atPath: file.path, contents: Data(text.utf8)) else {
            throw Failure.because("--junit: cannot write '\(file.path)'")
        }
    }
}
