import Foundation
import SessionTracing
import Testing

@testable import TracedLambda

@Suite("An error as Lambda is told of it")
struct ErrorReportTests {
    private static let maximumCauseBytes = 64 * 1024

    @Test("The body is valid JSON that holds type and message, whatever they say", arguments: hostileTexts)
    func body(_ text: String) throws {
        for report in [
            ErrorReport(type: "T", message: text, category: .function, redaction: .standard),
            ErrorReport(type: text, message: "m", category: .runtime, redaction: .standard),
        ] {
            let body = try jsonObject(report.body)
            #expect(Set(body.keys) == ["errorMessage", "errorType", "stackTrace"])
            #expect(body["errorMessage"] as? String == report.message)
            #expect(body["errorType"] as? String == report.type)
            #expect(body["stackTrace"] as? [String] == [])
        }
        #expect(ErrorReport(type: "T", message: text, category: .function, redaction: .standard).message == text)
    }

    @Test("X-Ray's header is the same in plain ASCII, on one line", arguments: hostileTexts)
    func cause(_ text: String) throws {
        let report = ErrorReport(type: "T\(text)", message: text, category: .function, redaction: .standard)
        let header = report.xrayCauseHeader
        #expect(header.utf8.allSatisfy { (0x20..<0x7F).contains($0) })
        let cause = try jsonObject(header.utf8)
        #expect(Set(cause.keys) == ["working_directory", "exceptions", "paths", "message"])
        #expect(cause["message"] as? String == text)
        let exception = try #require((cause["exceptions"] as? [[String: Any]])?.first)
        #expect(Set(exception.keys) == ["type", "message", "stack"])
        #expect(exception["type"] as? String == "T\(text)")
        #expect(exception["message"] as? String == text)
    }

    @Test("X-Ray receives the text without secrets, and the caller as it is")
    func secretInCause() throws {
        struct Boom: Error, CustomStringConvertible { let description: String }
        let text = "login failed, password=hunter2"
        for report in [
            ErrorReport(Boom(description: text), redaction: .standard),
            ErrorReport(type: "T", message: text, category: .runtime, redaction: .standard),
        ] {
            #expect(try jsonObject(report.body)["errorMessage"] as? String == text)
            #expect(!report.xrayCauseHeader.contains("hunter2"))
            #expect(report.xrayCauseHeader.contains("login failed"))
            #expect(try jsonObject(report.xrayCauseHeader.utf8)["message"] as? String == report.redactedMessage)
        }
        let ruled = Redaction { path, value in path == ["error"] ? "hidden" : value }
        let report = ErrorReport(type: "T", message: "m", category: .function, redaction: ruled)
        #expect(try jsonObject(report.xrayCauseHeader.utf8)["message"] as? String == "hidden")
        #expect(report.message == "m")
    }

    @Test(
        "A text without end is cut between characters, and fits where it goes",
        arguments: ["x", "\"", "\u{1}", "\u{7F}", "é", "世", "🌍", "e\u{301}", "\r\n"]
    )
    func longText(_ piece: String) throws {
        let text = String(repeating: piece, count: 20_000)
        for report in [
            ErrorReport(type: "T", message: text, category: .function, redaction: .standard),
            ErrorReport(type: text, message: text, category: .function, redaction: .standard),
        ] {
            #expect(report.message.utf8.count <= ErrorReport.maximumMessageBytes)
            #expect(report.message.hasPrefix(String(repeating: piece, count: 100)))
            #expect(!report.message.contains("\u{FFFD}"))
            #expect(try jsonObject(report.body)["errorMessage"] as? String == report.message)
            #expect(report.xrayCauseHeader.utf8.count < Self.maximumCauseBytes)
            _ = try jsonObject(report.xrayCauseHeader.utf8)
            // HTTP servers reject headers of more than a few KiB.
            #expect(report.errorTypeHeader.utf8.count <= 1_024)
        }
    }

    @Test(
        "The type's header always has the form that Lambda keeps",
        arguments: hostileTexts + [
            "a", "A", "ab", "E2", "E_", "_", "9", "lower_case_error", "HTTPError404", "Foo<Bar>", "Foo<Bar<Baz>>.Inner",
            "<>",
            "Swift.DecodingError", "Größe", "日本語", "Ünder", "(unknown context at $10).Local", "with space", "a.b", "İ",
            "ﬁx",
            String(repeating: "x", count: 5_000),
        ]
    )
    func typeHeader(_ type: String) throws {
        for category in [ErrorReport.Category.function, .runtime] {
            let header = ErrorReport(type: type, message: "", category: category, redaction: .standard).errorTypeHeader
            let pattern = try Regex(category == .function ? "Function\\.[A-Z][a-zA-Z]+" : "Runtime\\.[A-Z][a-zA-Z]+")
            #expect(try pattern.wholeMatch(in: header) != nil, "\(header)")
        }
    }

    @Test(
        "A Swift error is reported by its type's name and its description",
        arguments: [
            (Plain(), "Plain", "Function.Plain"),
            (Generic<[String: Int]>(), "Generic<Dictionary<String, Int>>", "Function.Generic"),
            (lower_case2(), "lower_case2", "Function.Lowercase"), (Größe(), "Größe", "Function.Gre"),
            (Ö(), "Ö", "Function.HandlerError"),
            (Outer.Inner(), "Inner", "Function.Inner"),
        ] as [(any Error & Sendable, String, String)]
    )
    func swiftErrors(error: any Error & Sendable, type: String, header: String) {
        let report = ErrorReport(error, redaction: .standard)
        #expect(report.type == type)
        #expect(report.errorTypeHeader == header)
        #expect(report.message == String(describing: error))
        #expect(report.category == .function)
    }

    private struct Plain: Error, CustomStringConvertible { let description = "told in \"words\"" }
    private struct Generic<Value>: Error {}
    // swift-format-ignore: TypeNamesShouldBeCapitalized
    private struct lower_case2: Error {}
    private struct Größe: Error {}
    private struct Ö: Error {}
    private enum Outer { struct Inner: Error {} }
}
