import ArgumentParser
import LocalLambda

/// The root command of the workbench.
@main
struct TracedLambdaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "traced-lambda",
        abstract: "Runs AWS Lambda functions on this machine and shows what they trace.",
        version: TracedLambdaVersion.current,
        subcommands: [
            NewCommand.self, DevCommand.self, InvokeCommand.self, RunCommand.self, CollectCommand.self,
            SessionsCommand.self, ShowCommand.self, PackageCommand.self, DeployCommand.self, DoctorCommand.self,
        ]
    )

    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments != [ProcessKeeper.argument] else { return ProcessKeeper.run() }
        ProcessKeeper.enable()
        if let error = unknownCommand(in: arguments) { exit(withError: error) }
        await main(arguments)
    }

    /// The error for a command that does not exist; `nil` when it exists or the first argument is an option.
    private static func unknownCommand(in arguments: [String]) -> ValidationError? {
        let names = configuration.subcommands.compactMap { $0.configuration.commandName }
        let words = arguments.first == "help" ? arguments.dropFirst() : arguments[...]
        guard let word = words.first, !word.hasPrefix("-"), word != "help", !names.contains(word) else { return nil }
        if let nearest = SpellingSuggestion.nearest(to: word, among: names) {
            return ValidationError("unknown command '\(word)'. Did you mean '\(nearest)'?")
        }
        return ValidationError("unknown command '\(word)'. The commands are: \(names.joined(separator: ", ")).")
    }
}
