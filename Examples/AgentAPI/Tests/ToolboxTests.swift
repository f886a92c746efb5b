import Testing
import TracedLambdaModels

@testable import AgentAPI

@Suite("The agent's tools")
struct ToolboxTests {
    @Test("do sums", arguments: [(Toolbox.Operation.plus, 8.0), (.minus, 4.0), (.times, 12.0), (.over, 3.0)])
    func sums(operation: Toolbox.Operation, result: Double) {
        #expect(Toolbox.result(of: Toolbox.Sum(left: 6, operation: operation, right: 2)) == result)
    }

    @Test("have schemas that a model can read")
    func schemas() throws {
        let tools = try Toolbox().tools
        #expect(tools.map(\.name) == ["clock", "calculator"])
        #expect(
            tools[1].arguments.text == """
                {"type":"object","properties":{"left":{"type":"number"},"operation":{"type":"string",\
                "enum":["+","-","*","/"]},"right":{"type":"number"}},"required":["left","operation","right"]}
                """
        )
    }
}
