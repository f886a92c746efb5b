/// All that one run of a function needs to know.
package struct RunPlan: Sendable {
    /// The executable and its arguments.
    package let command: [String]
    /// What it is fed.
    package let event: FunctionEvent
    /// How it is run.
    package let settings: FunctionSettings

    /// Makes a plan of all its fields.
    package init(command: [String], event: FunctionEvent, settings: FunctionSettings) {
        self.command = command
        self.event = event
        self.settings = settings
    }
}
