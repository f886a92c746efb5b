/// Template of a new package: a function, its test, and its deployment.
package enum ProjectTemplate: String, Sendable, CaseIterable {
    /// A function that is invoked with a session id.
    case session
    /// A function with a URL.
    case api
    /// A function that handles the messages of a queue.
    case queue
    /// A function with a URL and a streamed response.
    case streaming

    /// A file of a new package.
    package struct File: Sendable, Hashable {
        /// The path within the package.
        package let path: String
        /// The content.
        package let text: String
    }

    /// Creates the files of a new package.
    ///
    /// - Parameters:
    ///   - name: The function's name.
    ///   - framework: The location of the framework.
    /// - Returns: The files.
    package func files(name: FunctionName, framework: FrameworkSource) -> [File] {
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
