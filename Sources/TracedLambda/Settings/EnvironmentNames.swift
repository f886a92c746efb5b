internal import CProcess
internal import Platform

/// The names of the process's variables.
enum EnvironmentNames {
    /// The first letters of the prefixes `HH_`, `HONEYHIVE_`, `OTEL_` and `TRACED_LAMBDA_`, in lower case.
    private static let firstLetters = "hot".utf8

    /// Lists the names that may be misspelt settings: those that begin with the letter of one.
    ///
    /// Most of a function's variables are others; a string for each of them would slow down the start.
    static func settingLike() -> [String] {
        var names: [String] = []
        var number = 0
        while let entry = cprocess_environment_entry(number) {
            number += 1
            guard firstLetters.contains(UInt8(bitPattern: entry.pointee) | 0x20) else { continue }
            let name = UnsafeRawBufferPointer(start: entry, count: strcspn(entry, "="))
            names.append(String(decoding: name, as: UTF8.self))
        }
        return names
    }
}
