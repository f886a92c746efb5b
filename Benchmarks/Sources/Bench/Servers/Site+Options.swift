import Glibc

extension Site {
    /// The size of the data that our function sends for one warm invocation, in bytes.
    private static let deliveredBytes = 4_000

    /// Creates a site with the paths in the checkout that Scripts/commands/bench.sh prepares.
    init(_ options: Options) throws {
        let build = "\(options.root)/.build"
        let package = "\(build)/lambda/BenchmarkFunction"
        let function = Subject(name: .ours, command: ["\(package)/bootstrap"])
        self.init(
            subjects: [
                Subject(name: .floor, command: ["\(build)/bench/floor"]),
                Subject(
                    name: .delivering,
                    command: ["\(build)/bench/floor"],
                    environment: ["FLOOR_DELIVERS": String(Self.deliveredBytes)]
                ),
                function,
                Subject(name: .untraced, command: function.command, environment: ["OTEL_SDK_DISABLED": "true"]),
                Subject(
                    name: .reference,
                    command: ["\(build)/tools/reference/bin/python", "-m", "awslambdaric", "handler.lambda_handler"],
                    environment: [
                        "PYTHONPATH": "\(options.root)/Benchmarks/Reference",
                        "LAMBDA_TASK_ROOT": "\(options.root)/Benchmarks/Reference",
                    ]
                ),
            ],
            isQuick: options.isQuick,
            directory: "\(build)/bench",
            journals: options.journals,
            taskRoot: "\(build)/bench/task",
            zip: "\(package)/BenchmarkFunction.zip",
            microBenchmarks: options.microBenchmarks,
            calls: "\(build)/bench/calls",
            callFunction: "\(build)/lambda/CallFunction/bootstrap",
            root: options.root,
            python: "\(build)/tools/venv/bin/python",
            path: getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        )
    }
}
