import CProbeOutput
import FoundationEssentials
public import TracedLambda

/// One line that a handler writes, or the end of its process.
public struct OutputStep: Decodable, Sendable {
    /// `print`, `log`, or one of the names that `CProbeOutput` knows.
    let way: String
    let text: String?
    /// Repeats the text.
    let times: Int?

    /// Does it.
    public func perform(logger: Logger) {
        let text = String(repeating: self.text ?? "", count: times ?? 1)
        switch way {
        case "print": print(text)
        case "print-part": print(text, terminator: "")
        case "log": logger.info("\(text)")
        case "fatalError": fatalError(text)
        default: precondition(cprobeoutput_perform(way, text), "no way to write: \(way)")
        }
    }

    /// Performs the steps of the variable `PROBE_INIT_OUTPUT`, a JSON array.
    public static func performThoseOfInit() throws {
        guard let text = ProcessInfo.processInfo.environment["PROBE_INIT_OUTPUT"] else { return }
        let steps = try JSONDecoder().decode([OutputStep].self, from: Data(text.utf8))
        for step in steps { step.perform(logger: Logger(label: "init")) }
    }
}
