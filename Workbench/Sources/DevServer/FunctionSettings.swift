/// How a function is run: what Lambda would take from its configuration.
package struct FunctionSettings: Sendable {
    /// The longest time that Lambda lets a function have.
    package static let timeoutLimitSeconds = 900.0
    /// The least and the most memory that Lambda gives a function.
    package static let memoryRangeMegabytes = 128...10_240

    /// What the function is called.
    package let function: FunctionIdentity
    /// The time that it has for an event.
    package let timeout: Duration
    /// The time that a process has until it asks for its first event.
    package let initTimeout: Duration
    /// The memory that a process may use; nothing beyond what is said here holds it to that.
    package let memoryMegabytes: Int
    /// Whether a process is killed that uses more memory.
    package let enforcesMemory: Bool
    /// Whether a process is stopped between two events, as Lambda freezes it.
    package let freezes: Bool
    /// The format in which it is asked for logs.
    package let logFormat: FunctionEnvironment.LogFormat
    /// The environment of the caller.
    package let inheritedEnvironment: [String: String]
    /// Variables that win over all others.
    package let environmentOverrides: [String: String]

    /// Makes settings of all their fields.
    package init(
        function: FunctionIdentity,
        timeout: Duration,
        initTimeout: Duration,
        memoryMegabytes: Int = 128,
        enforcesMemory: Bool = false,
        freezes: Bool = false,
        logFormat: FunctionEnvironment.LogFormat,
        inheritedEnvironment: [String: String],
        environmentOverrides: [String: String]
    ) {
        self.function = function
        self.timeout = timeout
        self.initTimeout = initTimeout
        self.memoryMegabytes = memoryMegabytes
        self.enforcesMemory = enforcesMemory
        self.freezes = freezes
        self.logFormat = logFormat
        self.inheritedEnvironment = inheritedEnvironment
        self.environmentOverrides = environmentOverrides
    }
}
