internal import SessionTracing

/// An error as the Runtime API takes it
/// (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-invokeerror).
struct ErrorReport: Sendable, Equatable {
    /// The Swift type's name.
    let type: String
    let message: String
    /// Whose fault it is, for the header's prefix.
    let category: Category

    enum Category: String, Sendable {
        case function = "Function"
        case runtime = "Runtime"
    }

    /// A longer message is cut; the whole report must fit into a response, and the header's copy into 64 KiB.
    static let maximumMessageBytes = 8 * 1024
    /// The type's name stands in headers, and a generic type's can be as long as its parameters' together.
    static let maximumTypeBytes = 512

    /// The header holds the message twice, and up to six bytes for each of its own: 24 KiB of the 64 that Lambda keeps.
    static let maximumCauseMessageBytes = 2 * 1024

    init(type: String, message: String, category: Category) {
        self.type = type.truncated(toUTF8Bytes: Self.maximumTypeBytes)
        self.message = message.truncated(toUTF8Bytes: Self.maximumMessageBytes)
        self.category = category
    }

    init(_ error: any Error) {
        let summary = ErrorSummary(error)
        self.init(type: summary.type, message: summary.message, category: .function)
    }

    /// `{"errorMessage": …, "errorType": …, "stackTrace": []}`: Swift keeps no stack for a thrown error.
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

    /// `Lambda-Runtime-Function-Error-Type`.
    ///
    /// Lambda keeps it when it matches `(Runtime|Function)\.[A-Z][a-zA-Z]+`, so the type's name loses what does not
    /// fit.
    var errorTypeHeader: String {
        let letters = type.prefix { $0 != "<" }.filter { $0.isASCII && $0.isLetter }
        let name = letters.prefix(1).uppercased() + letters.dropFirst()
        return "\(category.rawValue).\(name.count >= 2 ? name : "HandlerError")"
    }

    /// `Lambda-Runtime-Function-XRay-Error-Cause`: the same for X-Ray, as a header may hold it: in ASCII.
    var xrayCauseHeader: String {
        let message = message.truncated(toUTF8Bytes: Self.maximumCauseMessageBytes)
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
