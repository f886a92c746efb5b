package import WireJSON

/// An error as a function or its runtime reports it.
package struct FunctionError: Sendable, Hashable {
    /// The error's type, for example `Function.NotFound`.
    package let type: String
    /// What happened.
    package let message: String
    /// Where, when the runtime knows.
    package let stackTrace: [String]

    /// Makes an error of all its fields.
    package init(type: String, message: String, stackTrace: [String] = []) {
        self.type = type
        self.message = message
        self.stackTrace = stackTrace
    }

    /// Reads an error's report.
    ///
    /// A body that is not the JSON it should be is no reason to lose the error: it becomes the message.
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

    /// The type that Lambda records of a header.
    ///
    /// - Parameter header: The header's value.
    /// - Returns: The value when it has the form `Runtime.Name` or `Function.Name`; else `Function.Unknown` when it begins
    ///   with `Function.`, and `Runtime.Unknown` otherwise.
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

    /// The error as Lambda gives it to the caller.
    package var json: JSONValue {
        [
            "errorType": .string(type), "errorMessage": .string(message),
            "stackTrace": .array(stackTrace.map(JSONValue.string)),
        ]
    }
}
