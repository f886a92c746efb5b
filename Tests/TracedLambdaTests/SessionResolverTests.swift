import SessionTracing
import Testing
import TriggerContext

@testable import TracedLambda

@Suite("Which session an invocation is in")
struct SessionResolverTests {
    private static let eventID = "11111111-1111-4111-8111-111111111111"
    private static let environmentID = "22222222-2222-4222-8222-222222222222"

    @Test("The event's own session goes before HH_SESSION_ID")
    func event() {
        let session = session(#"{"session_id": "\#(Self.eventID)"}"#, [.sessionID: Self.environmentID])
        #expect(session.id.description == Self.eventID)
        #expect(session.origin == .event)
    }

    @Test(
        "HH_SESSION_ID stands in for an event without a session, or with a blank one",
        arguments: ["{}", #"{"session_id": "  "}"#, "junk"]
    )
    func environment(_ event: String) {
        let session = session(event, [.sessionID: " \(Self.environmentID) "])
        #expect(session.id.description == Self.environmentID)
        #expect(session.origin == .environment)
    }

    @Test("Without either a new one is made for each invocation", arguments: ["{}", #"{"session_id": ""}"#, "", "[1]"])
    func generated(_ event: String) {
        let first = session(event, [.sessionID: " "])
        let second = session(event, [:])
        #expect(first.origin == .generated)
        #expect(second.origin == .generated)
        #expect(first.id != second.id)
        #expect(first.id.upstreamText == nil)
    }

    @Test("Text that is no UUID always gives the same session, and is kept")
    func text() {
        for environment in [[:], [.sessionID: "conversation-42"]] as [Environment] {
            let event = environment[.sessionID] == nil ? #"{"session_id": "conversation-42"}"# : "{}"
            let session = session(event, environment)
            #expect(session.id == SessionID("conversation-42"))
            #expect(session.id.upstreamText == "conversation-42")
        }
    }

    @Test("Project and source: the caller's baggage, then the settings; the name is the function's")
    func projectAndSource() {
        let environment: Environment = [.project: "p", .source: "s", .functionName: "f"]
        let own = session("{}", environment)
        #expect(own.project == "p")
        #expect(own.source == "s")
        #expect(own.name == "f")
        let caller = session(#"{"baggage": "project=cp,source=cs,session_id=\#(Self.eventID)"}"#, environment)
        #expect(caller.project == "cp")
        #expect(caller.source == "cs")
        #expect(caller.name == "f")
        #expect(caller.origin == .baggage)
        #expect(session("{}", environment.with(.sessionName, "n")).name == "n")
    }

    private func session(_ event: String, _ environment: Environment) -> Session {
        let settings = FunctionSettings(TracingConfiguration(), environment)
        return SessionResolver(settings: settings).session(for: .extract(event: Array(event.utf8)))
    }
}

extension Environment {
    /// Returns these variables with one replaced.
    fileprivate func with(_ variable: EnvironmentVariable, _ value: String) -> Environment {
        var values: [String: String] = [:]
        for known in EnvironmentVariable.allCases { values[known.rawValue] = self[known] }
        values[variable.rawValue] = value
        return Environment(values)
    }
}
