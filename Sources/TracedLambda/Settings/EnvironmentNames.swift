internal import CProcess
internal import Platform

/// The names of the process's variables.
enum EnvironmentNames {
    private static let firstLetters = "hot".utf8

    /// Lists the names that may be misspelt settings: those that begin with the letter of one.
    ///
    /// Most of a function's variables are others, and a text for each would cost its start.
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
