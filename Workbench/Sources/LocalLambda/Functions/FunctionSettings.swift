/// A function's settings, which on Lambda are part of its configuration.
package struct FunctionSettings: Sendable {
    /// Lambda's limit of a function's timeout, in seconds.
    package static let timeoutLimitSeconds = 900.0
    /// Lambda's range of a function's memory, in MB.
    package static let memoryRangeMegabytes = 128...10_240

    /// The function's identity.
    package let function: FunctionIdentity
    /// The timeout of an invocation.
    package let timeout: Duration
    /// The time limit from a process's start to its first request for an event.
    package let initTimeout: Duration
    /// The configured memory, in MB; enforced only with ``enforcesMemory``.
    package let memoryMegabytes: Int
    /// True to kill a process that exceeds the memory limit.
    package let enforcesMemory: Bool
    /// True to pause a process between events, as Lambda freezes it.
    package let freezes: Bool
    /// The configured log format.
    package let logFormat: FunctionEnvironment.LogFormat
    /// The caller's environment.
    package let inheritedEnvironment: [String: String]
    /// Variables that take precedence over all others.
    package let environmentOverrides: [String: String]

    /// Creates settings.
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
