internal import SessionTracing
internal import WireText

/// An error in the form of the Runtime API
/// (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-invokeerror).
struct ErrorReport: Sendable, Equatable {
    /// The name of the Swift type.
    let type: String
    let message: String
    /// The message without secrets, for X-Ray and the log; the caller receives ``message``.
    let redactedMessage: String
    /// The origin of the error, for the header's prefix.
    let category: Category

    enum Category: String, Sendable {
        case function = "Function"
        case runtime = "Runtime"
    }

    /// The length at which a message is truncated, in bytes; the report must fit into a response, and the header's copy
    /// into 64 KiB.
    static let maximumMessageBytes = 8 * 1024
    /// The length at which a type name is truncated, in bytes; it is sent in headers, and a generic type's name
    /// includes its parameters.
    static let maximumTypeBytes = 512

    /// The length at which the header's message is truncated, in bytes.
    ///
    /// The header contains it twice, with up to six bytes per byte: 24 KiB of the 64 KiB that Lambda accepts.
    static let maximumCauseMessageBytes = 2 * 1024

    init(type: String, message: String, category: Category, redaction: Redaction) {
        self.type = type.truncated(toUTF8Bytes: Self.maximumTypeBytes)
        self.message = message.truncated(toUTF8Bytes: Self.maximumMessageBytes)
        redactedMessage = redaction.redacted(self.message, as: .error)
        self.category = category
    }

    init(_ error: any Error, redaction: Redaction) {
        let summary = ErrorSummary(error)
        self.init(type: summary.type, message: summary.message, category: .function, redaction: redaction)
    }

    /// The body `{"errorMessage": …, "errorType": …, "stackTrace": []}`.
    ///
    /// Swift keeps no stack trace of a thrown error.
    var body: [UInt8] {
        var writer = JSONWriter()
        writer.object { report in
            report.member("errorMessage", message)
            report.member("errorType", type)
            report.name("stackTrace")
            report.array { _ in }
        }
        return writer.bytes
    }

    /// The value of `Lambda-Runtime-Function-Error-Type`.
    ///
    /// Lambda accepts only `(Runtime|Function)\.[A-Z][a-zA-Z]+`, so other characters of the type's name are removed.
    var errorTypeHeader: String {
        let letters = String(decoding: type.prefix { $0 != "<" }.utf8.filter(\.isLetter), as: UTF8.self)
        let name = letters.prefix(1).uppercased() + letters.dropFirst()
        return "\(category.rawValue).\(name.count >= 2 ? name : "HandlerError")"
    }

    /// The value of `Lambda-Runtime-Function-XRay-Error-Cause`: the error for X-Ray without secrets, in ASCII as required
    /// in a header.
    var xrayCauseHeader: String {
        let message = redactedMessage.truncated(toUTF8Bytes: Self.maximumCauseMessageBytes)
        var writer = JSONWriter(isASCIIOnly: true)
        writer.object { cause in
            cause.member("working_directory", "")
            cause.name("exceptions")
            cause.array { list in
                list.object { exception in
                    exception.member("type", type)
                    exception.member("message", message)
                    exception.name("stack")
                    exception.array { _ in }
                }
            }
            cause.name("paths")
            cause.array { _ in }
            cause.member("message", message)
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
