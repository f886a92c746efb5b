import ArgumentParser
import FoundationEssentials
import LocalLambda

/// The options for a function's settings.
struct FunctionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The time that the function has for the event, in seconds.", valueName: "seconds"))
    var timeout = 30.0

    @Option(
        help: ArgumentHelp(
            "The time that the process has until it asks for the event, in seconds; Lambda's own is 10.",
            valueName: "seconds"
        )
    )
    var initTimeout = Double(RuntimeLimits.initTimeoutMilliseconds) / 1_000

    @Option(help: ArgumentHelp("The format in which Lambda asks for logs: Text or JSON.", valueName: "format"))
    var logFormat = FunctionSettings.LogFormat.text

    @Option(
        name: .customLong("env"),
        help: ArgumentHelp(
            "A variable for the function; wins over all others. NAME alone takes the caller's value. Can be repeated.",
            valueName: "name=value"
        )
    )
    var environment: [EnvironmentVariable] = []

    @Option(
        help: ArgumentHelp(
            "A file with variables for the function, a NAME=VALUE on each line. Can be repeated.",
            valueName: "file"
        )
    )
    var envFile: [PathArgument] = []

    @Option(
        help: ArgumentHelp("A variable of the caller that the function gets, too. Can be repeated.", valueName: "name")
    )
    var passEnv: [String] = []

    @Flag(help: "Never end the function for its time, so that it can be stopped in a debugger.")
    var noTimeout = false

    /// True when an option gives the function variables.
    var givesVariables: Bool { !environment.isEmpty || !envFile.isEmpty || !passEnv.isEmpty }

    func validate() throws {
        if let wrong = passEnv.first(where: { $0.isEmpty || $0.contains("=") }) {
            throw ValidationError("--pass-env '\(wrong)' must be a variable's name; --env NAME=VALUE gives a value.")
        }
        for (option, seconds) in [("--timeout", timeout), ("--init-timeout", initTimeout)] {
            guard seconds > 0, seconds <= FunctionSettings.timeoutLimitSeconds else {
                let limit = Int(FunctionSettings.timeoutLimitSeconds)
                throw ValidationError("\(option) must be over 0 and at most \(limit) seconds.")
            }
        }
    }

    /// The variables of the files and options; options win.
    ///
    /// - Throws: The exit status of a wrong command line, after a message that names the option.
    func variables() throws -> [String: String] {
        var values: [String: String] = [:]
        for file in envFile {
            do throws(InputFileError) {
                let text = String(
                    decoding: try TextFiles.read(file, limitBytes: EnvironmentFile.limitBytes),
                    as: UTF8.self
                )
                for variable in try EnvironmentFile.parse(text) { values[variable.name] = variable.value }
            } catch {
                throw Failure.because("--env-file '\(file.path)': \(error)", .validationFailure)
            }
        }
        let passed = passEnv.compactMap(EnvironmentVariable.init(argument:))
        values.merge(try EnvironmentVariable.values(of: passed, "--pass-env")) { _, new in new }
        return values.merging(try EnvironmentVariable.values(of: environment, "--env")) { _, new in new }
    }

    /// Creates the settings.
    ///
    /// `variables`: The result of ``variables()``.
    /// `memoryMegabytes`: The memory limit, in MB, beyond which a process is killed; `nil` for none.
    /// `freezes`: `true` to pause a process between events.
    /// `isAttached`: `true` for a process that the user starts: it has no time limit, and nothing of this program's environment.
    func settings(
        of function: FunctionIdentity,
        variables: [String: String],
        memoryMegabytes: Int? = nil,
        freezes: Bool = false,
        isAttached: Bool = false
    ) -> FunctionSettings {
        let noTimeout = noTimeout || isAttached
        return FunctionSettings(
            function: function,
            timeout: .seconds(noTimeout ? FunctionSettings.noTimeoutSeconds : timeout),
            initTimeout: .seconds(noTimeout ? FunctionSettings.noTimeoutSeconds : initTimeout),
            memoryMegabytes: memoryMegabytes ?? FunctionSettings.memoryRangeMegabytes.lowerBound,
            enforcesMemory: memoryMegabytes != nil,
            freezes: freezes,
            logFormat: logFormat,
            inheritedEnvironment: isAttached ? [:] : ProcessInfo.processInfo.environment,
            environmentOverrides: isAttached ? [:] : variables
        )
    }
}

extension FunctionSettings.LogFormat: ExpressibleByArgument {}

/// The options for the function's event.
struct EventOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The event; @FILE reads a file, @- standard input.", valueName: "json"))
    var event: JSONArgument?

    @Option(help: ArgumentHelp("A file with the event; - is standard input.", valueName: "file"))
    var eventFile: PathArgument?

    @Option(
        help: ArgumentHelp(
            "Put a session id into the event, as its 'session_id', in place of its own.",
            valueName: "id"
        )
    )
    var sessionID: String?

    func validate() throws {
        if event != nil, eventFile != nil { throw ValidationError("Give --event or --event-file, not both.") }
        if sessionID?.isEmpty == true { throw ValidationError("--session-id must not be empty.") }
    }

    /// Creates the event.
    ///
    /// - Throws: The exit status for a wrong command line, after a message that names the option.
    func makeEvent() throws -> FunctionEvent {
        do throws(LocalLambdaError) {
            return try FunctionEvent(given: try givenEvent(), sessionID: sessionID) { UUID().uuidString.lowercased() }
        } catch {
            let option = eventFile == nil ? "--event" : "--event-file"
            TextFiles.writeError(Array("Error: \(option): \(error.reason)\n".utf8))
            throw ExitCode.validationFailure
        }
    }

    private func givenEvent() throws(LocalLambdaError) -> [UInt8]? {
        // One byte more than the limit shows that an event exceeds it.
        let limitBytes = RuntimeLimits.eventBytes + 1
        do throws(InputFileError) {
            if let event { return try event.read(limitBytes: limitBytes) }
            return try eventFile.map { (file) throws(InputFileError) in try TextFiles.read(file, limitBytes: limitBytes)
            }
        } catch {
            throw LocalLambdaError(.badEvent, error.description)
        }
    }
}
