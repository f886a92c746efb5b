import CShims
import FoundationEssentials

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

    /// Creates the files of a new package.
    ///
    /// - Returns: The files' texts, with their paths within the package.
    func files(name: FunctionName, framework: FrameworkSource) -> [(path: String, text: String)] {
        let type = name.typeName
        let values = [
            ("{{EVENTS}}", events), ("{{RESOURCES}}", resources), ("{{DATA}}", data), ("{{NAME}}", name.text),
            ("{{TYPE}}", type), ("{{DEPENDENCY}}", framework.dependency), ("{{FRAMEWORK}}", framework.identity),
        ]
        let files = [
            ("Package.swift", Self.text("package.swift")),
            ("Sources/\(type)/\(type).swift", Self.text("\(self).swift")),
            ("Tests/\(type)Tests/\(type)Tests.swift", Self.text("\(self)-test.swift")),
            ("template.yaml", Self.text("sam.yaml")), ("README.md", Self.text("readme.md")),
            (".gitignore", ".build/\n.traced-lambda/\n"),
        ]
        return files.map { path, text in
            (path, values.reduce(text) { $0.replacing($1.0, with: $1.1) })
        }
    }

    /// The embedded template of a file.
    private static func text(_ name: String) -> String {
        guard let file = embedded_template("\(name).template")?.pointee else {
            preconditionFailure("'\(name).template' is embedded")
        }
        return String(decoding: UnsafeBufferPointer(start: file.bytes, count: file.count), as: UTF8.self)
    }

    /// The options of `traced-lambda invoke` for an example invocation.
    private var data: String {
        switch self {
        case .session: #"--session-id conversation-42 --data '{"question": "why?"}'"#
        case .api, .streaming: #"--trigger url --session-id conversation-42 --data '{"question": "why?"}'"#
        case .queue: #"--trigger sqs --session-id conversation-42 --data '{"item": "tea", "count": 2}'"#
        }
    }

    /// The properties of the function in the SAM template that declare its trigger
    /// (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/).
    private var events: String {
        switch self {
        case .session: ""
        case .api: Self.url(mode: "BUFFERED")
        case .streaming: Self.url(mode: "RESPONSE_STREAM")
        case .queue:
            """
                  Events:
                    Messages:
                      Type: SQS
                      Properties:
                        Queue: !GetAtt Messages.Arn
                        BatchSize: 10
                        # Without it Lambda takes every answer for a success, and failed messages are lost.
                        FunctionResponseTypes:
                          - ReportBatchItemFailures

            """
        }
    }

    private static func url(mode: String) -> String {
        """
              FunctionUrlConfig:
                # Callers sign their requests; NONE lets anybody in, at the owner's expense.
                AuthType: AWS_IAM
                InvokeMode: \(mode)

        """
    }

    /// Further resources of the SAM template.
    private var resources: String {
        guard self == .queue else { return "" }
        return """

              Messages:
                Type: AWS::SQS::Queue
                Properties:
                  # Six times the function's timeout, as AWS advises, so that no message comes again while it is handled.
                  VisibilityTimeout: 90
                  RedrivePolicy:
                    deadLetterTargetArn: !GetAtt FailedMessages.Arn
                    maxReceiveCount: 3

              FailedMessages:
                Type: AWS::SQS::Queue
                Properties:
                  MessageRetentionPeriod: 1209600

            """
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
