import ArgumentParser
import DevServer
import FoundationEssentials
import RuntimeAPI

/// The options for the function's event.
struct EventOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The event.", valueName: "json"))
    var event: String?

    @Option(help: ArgumentHelp("A file with the event.", valueName: "file"))
    var eventFile: String?

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
        do throws(DevServerError) {
            return try FunctionEvent(given: try givenEvent(), sessionID: sessionID) { UUID().uuidString.lowercased() }
        } catch {
            let option = eventFile == nil ? "--event" : "--event-file"
            TextFiles.writeError(Array("Error: \(option): \(error.reason)\n".utf8))
            throw ExitCode.validationFailure
        }
    }

    private func givenEvent() throws(DevServerError) -> [UInt8]? {
        if let event { return Array(event.utf8) }
        guard let eventFile else { return nil }
        do {
            return try TextFiles.readFile(eventFile, limitBytes: RuntimeLimits.eventBytes + 1)
        } catch {
            throw DevServerError(.badEvent, "cannot read '\(eventFile)': \(error)")
        }
    }
}
