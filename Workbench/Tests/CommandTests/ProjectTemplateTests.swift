import Testing

@testable import traced_lambda

@Suite("New packages")
struct ProjectTemplateTests {
    @Test(
        "a name gives a type",
        arguments: [
            ("order-worker", "OrderWorker"), ("answer", "Answer"), ("HelloSession", "HelloSession"), ("a_1b", "A1b"),
        ]
    )
    func types(_ name: String, _ type: String) {
        #expect(FunctionName(name)?.typeName == type)
    }

    @Test(
        "what is no name is none",
        arguments: ["", "1a", "-a", "a b", "ä", "a/b", "traced-lambda", "TracedLambda", "testing"]
    )
    func noNames(_ name: String) {
        #expect(FunctionName(name) == nil)
    }

    @Test("every file has its place filled in", arguments: ProjectTemplate.allCases)
    func files(_ template: ProjectTemplate) throws {
        let name = try #require(FunctionName("order-worker"))
        let files = template.files(name: name, framework: .checkout(path: "/a \"b\"/swift-traced-lambda"))
        #expect(files.map(\.path).contains("Sources/OrderWorker/OrderWorker.swift"))
        #expect(files.allSatisfy { !$0.text.contains("{{") })
        let manifest = try #require(files.first { $0.path == "Package.swift" }).text
        #expect(manifest.contains(#".package(path: "/a \"b\"/swift-traced-lambda")"#))
        #expect(manifest.contains(#"package: "swift-traced-lambda""#))
    }

    @Test("a repository is called by the last part of its address, and asked for by version, not by branch")
    func repository() throws {
        let name = try #require(FunctionName("answer"))
        let framework = FrameworkSource.repository(url: "https://example.com/x/traced.git", version: "0.1.0")
        let manifest = try #require(ProjectTemplate.session.files(name: name, framework: framework).first).text
        #expect(manifest.contains(#".package(url: "https://example.com/x/traced.git", from: "0.1.0")"#))
        #expect(manifest.contains(#"package: "traced""#))
    }
}
