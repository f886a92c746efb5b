/// An intended difference between this project's output and the reference client's.
struct Difference: Sendable {
    enum Change: Sendable {
        /// Sent by the reference only.
        case leftOut
        /// Sent by this project only.
        case added(JSON)
        /// Sent by both with different values.
        case replaced(JSON)
    }

    /// The path of a leaf or, for an omitted part, of a subtree.
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
    /// Returns the difference for a document that contains this one at the path.
    func below(_ parent: String) -> Difference {
        Difference(path: "\(parent).\(path)", change: change, reason: reason)
    }
}
