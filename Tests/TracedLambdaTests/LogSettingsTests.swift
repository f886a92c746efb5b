import Logging
import SessionTracing
import Testing

@testable import TracedLambda

@Suite("How Lambda wants log lines")
struct LogSettingsTests {
    @Test(
        "AWS_LAMBDA_LOG_FORMAT chooses the form; text is the default",
        arguments: [
            (nil, .text), ("Text", .text), ("JSON", .json), ("json", .json), ("Json", .json), (" JSON ", .json),
            ("", .text), ("xml", .text),
        ] as [(String?, LogSettings.Format)]
    )
    func format(text: String?, format: LogSettings.Format) {
        #expect(
            FunctionSettings(TracingConfiguration(), Environment(["AWS_LAMBDA_LOG_FORMAT": text ?? ""])).log.format
                == format
        )
    }

    @Test(
        "AWS_LAMBDA_LOG_LEVEL is the least level that is written; INFO is the default",
        arguments: [
            (nil, .info), ("TRACE", .trace), ("DEBUG", .debug), ("INFO", .info), ("WARN", .warning), ("ERROR", .error),
            ("FATAL", .critical), ("debug", .debug), (" warn\n", .warning), ("loud", .info), ("", .info),
        ] as [(String?, Logger.Level)]
    )
    func level(text: String?, level: Logger.Level) {
        #expect(
            FunctionSettings(TracingConfiguration(), Environment(["AWS_LAMBDA_LOG_LEVEL": text ?? ""])).log.level
                == level
        )
    }

    @Test(
        "Levels have Lambda's names",
        arguments: [
            (Logger.Level.trace, "TRACE"), (.debug, "DEBUG"), (.info, "INFO"), (.notice, "INFO"), (.warning, "WARN"),
            (.error, "ERROR"),
            (.critical, "FATAL"),
        ]
    )
    func names(level: Logger.Level, name: String) {
        #expect(level.lambdaName == name)
    }
}
