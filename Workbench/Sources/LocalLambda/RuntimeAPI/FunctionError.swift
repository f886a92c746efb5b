package import OTLP

/// An error that a function or its runtime reports to the Runtime API.
package struct FunctionError: Sendable, Hashable {
    /// The error's type, for example `Function.NotFound`.
    package let type: String
    /// The error's message.
    package let message: String
    /// The stack trace; empty when the runtime sends none.
    package let stackTrace: [String]

    /// Creates an error.
    package init(type: String, message: String, stackTrace: [String] = []) {
        self.type = type
        self.message = message
        self.stackTrace = stackTrace
    }

    /// Parses an error report.
    ///
    /// A body that is not the expected JSON becomes the message, so that the error is not lost.
    ///
    /// - Parameters:
    ///   - body: The report's body.
    ///   - headerType: The value of `Lambda-Runtime-Function-Error-Type`.
    package init(reportedBy body: [UInt8], headerType: String?) {
        let report = (try? JSONValue(parsing: body))?.object
        let bodyType = report?["errorType"]?.string
        self.type = bodyType ?? Self.recordedType(ofHeader: headerType)
        self.message = report?["errorMessage"]?.string ?? String(decoding: body.prefix(4_096), as: UTF8.self)
        self.stackTrace = (report?["stackTrace"]?.array ?? []).compactMap(\.string)
    }

    /// Normalises the error type of a header as Lambda does.
    ///
    /// - Parameter header: The header's value.
    /// - Returns: The value when it has the form `Runtime.Name` or `Function.Name`; else `Function.Unknown` when it
    ///   begins with `Function.`, and `Runtime.Unknown` otherwise.
    package static func recordedType(ofHeader header: String?) -> String {
        guard let header else { return "Runtime.Unknown" }
        for origin in ["Runtime.", "Function."] where header.hasPrefix(origin) {
            let name = header.utf8.dropFirst(origin.utf8.count)
            let isLetters = name.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            }
            let isCapital = name.first.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) } ?? false
            if isLetters, isCapital, name.count >= 2 { return header }
        }
        return header.hasPrefix("Function.") ? "Function.Unknown" : "Runtime.Unknown"
    }

    /// The error in the JSON form that Lambda returns to the caller.
    package var json: JSONValue {
        [
            "errorType": .string(type), "errorMessage": .string(message),
            "stackTrace": .array(stackTrace.map(JSONValue.string)),
        ]
    }
}
