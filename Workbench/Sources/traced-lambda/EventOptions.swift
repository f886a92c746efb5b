import ArgumentParser
import FoundationEssentials
import LocalLambda

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
