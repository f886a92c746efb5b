import ArgumentParser
import FoundationEssentials
import Glibc
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
            SessionsCommand.self, ShowCommand.self, ExportCommand.self, ImportCommand.self,
            ClearCommand.self, CheckCommand.self, PricesCommand.self, PackageCommand.self, DeployCommand.self,
            DoctorCommand.self,
        ]
    )

    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments != [ProcessKeeper.argument] else { return ProcessKeeper.run() }
        ProcessKeeper.enable()
        OpenFiles.raiseLimit()
        if let error = unknownCommand(in: arguments) { exit(withError: error) }
        await main(withProjectOptions(arguments))
    }

    /// The arguments with the options of the project's file; ends the process when that cannot be used.
    private static func withProjectOptions(_ arguments: [String]) -> [String] {
        do throws(InputFileError) {
            let names = configuration.subcommands.compactMap { $0.configuration.commandName }
            let folder = FileManager.default.currentDirectoryPath
            let extended = try ProjectFile.extending(arguments, commands: names, folder: folder)
            let added = extended.count - arguments.count
            // An option that the command does not have would otherwise be looked for on the command line.
            if added > 0, (try? parseAsRoot(arguments)) != nil, let error = parseError(extended) {
                throw InputFileError(description: "'\(ProjectFile.name)': \(message(for: error))")
            }
            return extended
        } catch {
            exit(withError: Failure.because("\(error)", .validationFailure))
        }
    }

    private static func parseError(_ arguments: [String]) -> (any Error)? {
        do {
            _ = try parseAsRoot(arguments)
            return nil
        } catch {
            return error
        }
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

/// The number of files and connections that this process may have open.
private enum OpenFiles {
    /// Enough for all connections and processes of a local Lambda.
    private static let wantedCount: rlim_t = 16_384

    /// Raises the limit as far as the user may (getrlimit(2)).
    static func raiseLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < wantedCount else {
            return
        }
        limit.rlim_cur = min(wantedCount, limit.rlim_max)
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

/// Finds the word that a mistyped word was probably meant to be.
enum SpellingSuggestion {
    /// Finds the nearest candidate.
    ///
    /// - Returns: A word that begins with the mistyped one, or differs from it in one edit, in two for words of five or more
    ///   characters; `nil` when there is none.
    static func nearest(to word: String, among candidates: [String]) -> String? {
        let typed = word.lowercased()
        if typed.count > 1, let longer = candidates.first(where: { $0.lowercased().hasPrefix(typed) }) { return longer }
        let limit = typed.count < 5 ? 1 : 2
        let ranked = candidates.map { ($0, distance(Array(typed), Array($0.lowercased()))) }
        return ranked.filter { $0.1 <= limit }.min { $0.1 < $1.1 }?.0
    }

    /// The number of insertions, deletions, replacements and swaps of neighbours between two words.
    private static func distance(_ first: [Character], _ second: [Character]) -> Int {
        var (beforeLast, last) = ([Int](), Array(0...second.count))
        for (row, character) in first.enumerated() {
            var current = [row + 1]
            for (column, other) in second.enumerated() {
                var best = min(last[column] + (character == other ? 0 : 1), last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, character == second[column - 1], first[row - 1] == other {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[second.count]
    }
}
