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

    /// Reads the settings.
    ///
    /// - Parameter reader: The reader, which records invalid values.
    init(_ reader: inout SettingsReader) {
        format =
            reader.value(.logFormat, accepts: "Text or JSON") { text in
                switch text.lowercased() {
                case "text": .text
                case "json": .json
                default: nil
                }
            } ?? .text
        level =
            reader.value(.logLevel, accepts: "TRACE, DEBUG, INFO, WARN, ERROR or FATAL") { text in
                switch text.uppercased() {
                case "TRACE": .trace
                case "DEBUG": .debug
                case "INFO": .info
                case "WARN": .warning
                case "ERROR": .error
                case "FATAL": .critical
                default: nil
                }
            } ?? .info
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
