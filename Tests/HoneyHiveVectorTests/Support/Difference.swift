/// One place where this project's output differs from the reference client's on purpose.
struct Difference: Sendable {
    enum Change: Sendable {
        /// The reference sends it, this project does not.
        case leftOut
        /// This project sends it, the reference does not.
        case added(JSON)
        /// Both send it, with different values.
        case replaced(JSON)
    }

    /// A leaf's path; for what is left out, also the path of all that is below it.
    let path: String
    let change: Change
    let reason: String

    static func leftOut(_ path: String, _ reason: String) -> Difference {
        Difference(path: path, change: .leftOut, reason: reason)
    }

    static func added(_ path: String, _ value: JSON, _ reason: String) -> Difference {
        Difference(path: path, change: .added(value), reason: reason)
    }

    static func replaced(_ path: String, with value: JSON, _ reason: String) -> Difference {
        Difference(path: path, change: .replaced(value), reason: reason)
    }

    func covers(_ path: String) -> Bool {
        path == self.path || path.hasPrefix("\(self.path).") || path.hasPrefix("\(self.path)[")
    }
}

extension Difference {
    /// The same difference in a document that holds this one.
    func below(_ parent: String) -> Difference {
        Difference(path: "\(parent).\(path)", change: change, reason: reason)
    }
}
