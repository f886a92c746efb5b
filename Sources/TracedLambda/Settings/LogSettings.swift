internal import Logging
internal import SessionTracing

/// Lambda's settings for log lines
/// (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html).
struct LogSettings: Sendable, Equatable {
    enum Format: Sendable {
        case text
        case json
    }

    var format: Format
    var level: Logger.Level

    init(_ environment: Environment) {
        format = environment[.logFormat]?.lowercased() == "json" ? .json : .text
        level =
            switch environment[.logLevel]?.uppercased() {
            case "TRACE": .trace
            case "DEBUG": .debug
            case "WARN": .warning
            case "ERROR": .error
            case "FATAL": .critical
            default: .info
            }
    }
}

extension Logger.Level {
    /// Lambda's name of the level.
    var lambdaName: String {
        switch self {
        case .trace: "TRACE"
        case .debug: "DEBUG"
        case .info, .notice: "INFO"
        case .warning: "WARN"
        case .error: "ERROR"
        case .critical: "FATAL"
        }
    }
}
