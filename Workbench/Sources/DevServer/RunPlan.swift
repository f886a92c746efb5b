/// All that one run of a function needs to know.
package struct RunPlan: Sendable {
    /// The longest time that Lambda lets a function have.
    package static let timeoutLimitSeconds = 900.0

    /// The executable and its arguments.
    package let command: [String]
    /// What the function is called.
    package let function: FunctionIdentity
    /// What it is fed.
    package let event: FunctionEvent
    /// The time that it has for the event.
    package let timeout: Duration
    /// The time that it has until it asks for the event.
    package let initTimeout: Duration
    /// The format in which it is asked for logs.
    package let logFormat: FunctionEnvironment.LogFormat
    /// The environment of the caller.
    package let inheritedEnvironment: [String: String]
    /// Variables that win over all others.
    package let environmentOverrides: [String: String]

    /// Makes a plan of all its fields.
    package init(
        command: [String],
        function: FunctionIdentity,
        event: FunctionEvent,
        timeout: Duration,
        initTimeout: Duration,
        logFormat: FunctionEnvironment.LogFormat,
        inheritedEnvironment: [String: String],
        environmentOverrides: [String: String]
    ) {
        self.command = command
        self.function = function
        self.event = event
        self.timeout = timeout
        self.initTimeout = initTimeout
        self.logFormat = logFormat
        self.inheritedEnvironment = inheritedEnvironment
        self.environmentOverrides = environmentOverrides
    }
}
