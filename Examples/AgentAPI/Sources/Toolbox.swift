import TracedLambdaModels

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The tools that the model can call.
struct Toolbox: Sendable {
    struct Sum: Decodable {
        let left: Double
        let operation: Operation
        let right: Double
    }

    enum Operation: String, Decodable, CaseIterable {
        case plus = "+"
        case minus = "-"
        case times = "*"
        case over = "/"
    }

    var now: @Sendable () -> Date = { Date() }

    var tools: [ChatTool] {
        get throws {
            [
                try ChatTool("clock", "Tells the date and the time in UTC.") { [now] in now().formatted(.iso8601) },
                try ChatTool("calculator", "Does one sum.") { (sum: Sum) in "\(Self.result(of: sum))" },
            ]
        }
    }

    static func result(of sum: Sum) -> Double {
        switch sum.operation {
        case .plus: sum.left + sum.right
        case .minus: sum.left - sum.right
        case .times: sum.left * sum.right
        case .over: sum.left / sum.right
        }
    }
}
