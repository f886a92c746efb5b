import FoundationEssentials
import OTLP
import Traces

/// Options of commands in the project's folder.
///
/// The file `traced-lambda.yaml` is a mapping of options for each command; the command line wins.
///
///     dev:
///       port: 9100
///       env-file: .env
///       package-path: [orders, payments]
enum ProjectFile {
    static let name = "traced-lambda.yaml"

    /// The arguments with those of the project's file before them.
    ///
    /// `arguments`: The command line, the command's name first.
    /// `commands`: The names of all commands.
    /// `folder`: The folder of the file.
    ///
    /// - Throws: ``InputFileError`` when there is a file that cannot be used.
    static func extending(
        _ arguments: [String],
        commands: [String],
        folder: String
    ) throws(InputFileError) -> [String] {
        guard let command = arguments.first, commands.contains(command),
            FileManager.default.fileExists(atPath: "\(folder)/\(name)")
        else { return arguments }
        let bytes = try TextFiles.read(PathArgument("\(folder)/\(name)"), limitBytes: YAMLReader.limitBytes)
        let rest = Array(arguments.dropFirst())
        return [command] + (try options(of: command, String(decoding: bytes, as: UTF8.self), commands, rest)) + rest
    }

    static func options(
        of command: String,
        _ text: String,
        _ commands: [String],
        _ given: [String]
    ) throws(InputFileError) -> [String] {
        let value: JSONValue
        do throws(YAMLError) { value = try YAMLReader.read(text) } catch { throw wrong(error.description) }
        if value == .null { return [] }
        guard let file = value.object else { throw wrong("it is no mapping of commands") }
        if let unknown = file.members.first(where: { !commands.contains($0.name) }) {
            throw wrong("there is no command '\(unknown.name)'")
        }
        guard let section = file[command], section != .null else { return [] }
        guard let options = section.object else { throw wrong("'\(command)' is no mapping of options") }
        let own = given.prefix { $0 != "--" }
        var words: [String] = []
        for member in options.members {
            let option = "--\(member.name)"
            let isGiven = own.contains { $0 == option || $0.hasPrefix(option + "=") }
            switch member.value {
            case .null, false: continue
            case true: if !isGiven { words.append(option) }
            // A list adds to what the command line gives.
            case .array(let elements):
                for element in elements { words.append("\(option)=\(try word(element, member.name))") }
            case let value: if !isGiven { words.append("\(option)=\(try word(value, member.name))") }
            }
        }
        return words
    }

    private static func word(_ value: JSONValue, _ name: String) throws(InputFileError) -> String {
        guard value.array == nil, value.object == nil else {
            throw wrong("'\(name)' is no text, number or list of them")
        }
        return value.plainText
    }

    private static func wrong(_ reason: String) -> InputFileError {
        InputFileError(description: "'\(name)': \(reason)")
    }
}
