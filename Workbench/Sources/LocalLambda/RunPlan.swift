/// The configuration of a single run.
package struct RunPlan: Sendable {
    /// The executable and its arguments.
    package let command: [String]
    /// The event.
    package let event: FunctionEvent
    /// The function's settings.
    package let settings: FunctionSettings

    /// Creates a configuration.
    package init(command: [String], event: FunctionEvent, settings: FunctionSettings) {
        self.command = command
        self.event = event
        self.settings = settings
    }
}
