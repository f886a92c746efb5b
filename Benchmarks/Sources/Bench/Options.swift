/// The command-line options, some of which Scripts/commands/bench.sh adds.
struct Options {
    var isQuick = false
    var isStrict = false
    /// The row groups to measure; empty for all.
    var groups: Set<String> = []
    var json: String?
    /// The root of the checkout.
    var root = "."
    /// The directory of the crash journals of this run's functions.
    var journals = ""
    /// The path of the program of Benchmarks/Micro.
    var microBenchmarks = ""

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        func value(of option: String) throws -> String {
            guard let value = rest.popFirst() else { throw BenchError("\(option) needs a value") }
            return value
        }
        while let option = rest.popFirst() {
            switch option {
            case "--quick": isQuick = true
            case "--strict": isStrict = true
            case "--only": groups.insert(try value(of: option))
            case "--json": json = try value(of: option)
            case "--root": root = try value(of: option)
            case "--journals": journals = try value(of: option)
            case "--micro-benchmarks": microBenchmarks = try value(of: option)
            default: throw BenchError("unknown argument '\(option)'")
            }
        }
    }
}
