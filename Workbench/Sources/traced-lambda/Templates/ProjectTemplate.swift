/// Template of a new package: a function, its test, and its deployment.
enum ProjectTemplate: String, Sendable, CaseIterable {
    /// A function that is invoked with a session id.
    case session
    /// A function with a URL.
    case api
    /// A function that handles the messages of a queue.
    case queue
    /// A function with a URL and a streamed response.
    case streaming

    /// A file of a new package.
    struct File: Sendable, Hashable {
        /// The path within the package.
        let path: String
        /// The content.
        let text: String
    }

    /// Creates the files of a new package.
    func files(name: FunctionName, framework: FrameworkSource) -> [File] {
        let type = name.typeName
        let files = [
            File(path: "Package.swift", text: Self.manifest),
            File(path: "Sources/\(type)/\(type).swift", text: source),
            File(path: "Tests/\(type)Tests/\(type)Tests.swift", text: test),
            File(path: "template.yaml", text: Self.deployment(events: events, queue: resources)),
            File(path: "README.md", text: Self.readme(data: data)),
            File(path: ".gitignore", text: ".build/\n.traced-lambda/\n"),
        ]
        return files.map { file in
            let text = file.text.replacing("{{NAME}}", with: name.text).replacing("{{TYPE}}", with: type)
                .replacing("{{DEPENDENCY}}", with: framework.dependency)
                .replacing("{{FRAMEWORK}}", with: framework.identity)
            return File(path: file.path, text: text)
        }
    }

    private var source: String {
        switch self {
        case .session: Self.sessionSource
        case .api: Self.apiSource
        case .queue: Self.queueSource
        case .streaming: Self.streamingSource
        }
    }

    private var test: String {
        switch self {
        case .session: Self.sessionTest
        case .api: Self.apiTest
        case .queue: Self.queueTest
        case .streaming: Self.streamingTest
        }
    }

    /// The options of `traced-lambda invoke` for an example invocation.
    private var data: String {
        switch self {
        case .session: #"--session-id conversation-42 --data '{"question": "why?"}'"#
        case .api: #"--trigger url --session-id conversation-42 --data '{"question": "why?"}'"#
        case .queue: #"--trigger sqs --session-id conversation-42 --data '{"item": "tea", "count": 2}'"#
        case .streaming: #"--trigger url --session-id conversation-42 --data '{"question": "why?"}'"#
        }
    }
}

/// The name of a new function, as deployed and as a Swift type.
struct FunctionName: Sendable, Hashable {
    /// Lambda's limit of a function's name, in characters.
    static let limitCharacters = 64
    /// The names of modules that a function's source imports.
    private static let reservedNames: Set = ["TracedLambda", "TracedLambdaTesting", "Testing", "Foundation", "Swift"]

    /// The given name, used for the folder and for Lambda.
    let text: String
    /// The name of the target, the product and the type.
    let typeName: String

    /// Creates a name; `nil` unless it consists of letters, digits, `-` and `_`, begins with a letter, and gives an
    /// unused type name.
    ///
    /// - Parameter text: The name, for example `order-worker`, whose type is `OrderWorker`.
    init?(_ text: String) {
        let words = text.split { $0 == "-" || $0 == "_" }
        let typeName = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        let isLegal = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
            default: false
            }
        }
        guard isLegal, text.first?.isLetter == true, text.count <= Self.limitCharacters,
            !Self.reservedNames.contains(typeName)
        else { return nil }
        self.text = text
        self.typeName = typeName
    }
}

/// The location of the framework for a new package.
enum FrameworkSource: Sendable, Hashable {
    /// A checkout on this machine.
    case checkout(path: String)
    /// The releases of a repository that are compatible with a version.
    case repository(url: String, version: String)

    /// The dependency's declaration in the manifest.
    var dependency: String {
        switch self {
        case .checkout(let path): ".package(path: \(Self.literal(path)))"
        case .repository(let url, let version): ".package(url: \(Self.literal(url)), from: \"\(version)\")"
        }
    }

    /// SwiftPM's identity of the package: the last component of its location.
    var identity: String {
        let location =
            switch self {
            case .checkout(let path): path
            case .repository(let url, _): url.hasSuffix(".git") ? String(url.dropLast(4)) : url
            }
        return location.split(separator: "/").last.map(String.init) ?? location
    }

    private static func literal(_ text: String) -> String {
        "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
}
