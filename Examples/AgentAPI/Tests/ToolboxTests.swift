import FoundationEssentials
import Testing

@testable import AgentAPI

@Suite("The agent's tools")
struct ToolboxTests {
    @Test("do sums", arguments: [("+", "8.0"), ("-", "4.0"), ("*", "12.0"), ("/", "3.0")])
    func sums(operation: String, result: String) throws {
        let arguments = #"{"left": 6, "operation": "\#(operation)", "right": 2}"#
        #expect(try Toolbox().run("calculator", arguments: arguments) == result)
    }

    @Test("tell the time in UTC")
    func time() throws {
        let tools = Toolbox(now: { Date(timeIntervalSince1970: 1_767_225_600) })
        #expect(try tools.run("clock", arguments: "") == "2026-01-01T00:00:00Z")
    }
}
