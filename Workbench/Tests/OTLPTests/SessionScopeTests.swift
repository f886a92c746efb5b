import TestSupport
import Testing

@testable import OTLP

@Suite("The session of a run")
struct SessionScopeTests {
    @Test(
        "every spelling of a UUID is the same session",
        arguments: [
            "11111111-2222-4333-8444-00000000ABCD", "{11111111-2222-4333-8444-00000000abcd}",
            "1111111122224333844400000000abcd", "urn:uuid:11111111-2222-4333-8444-00000000abcd",
        ]
    )
    func spellings(_ requested: String) throws {
        let id = "11111111-2222-4333-8444-00000000abcd"
        let span = try TestSpan.make("a", id: 1, session: id)
        let scope = SessionScope(requestedID: requested, spans: [span])
        #expect(scope.id == id)
        #expect(scope.origin == .caller)
        #expect(scope.contains(span))
    }

    @Test("an id that is no UUID is found again in the id that the service derived from it")
    func derived() throws {
        let upstream = Attribute("honeyhive_metadata.upstream_session_id", .string("conversation-42"))
        let root = try TestSpan.make("root", id: 1, attributes: [upstream])
        let child = try TestSpan.make("child", id: 2, parent: 1)
        let scope = SessionScope(requestedID: "conversation-42", spans: [root, child])
        #expect(scope.id == TestSpan.session)
        #expect(scope.origin == .derived(from: "conversation-42"))
        #expect(scope.contains(root))
        #expect(scope.contains(child))
    }

    @Test("a service cannot claim to have derived an id from a UUID")
    func falseClaim() throws {
        let requested = "33333333-2222-4333-8444-000000000003"
        let upstream = Attribute("honeyhive_metadata.upstream_session_id", .string(requested))
        let span = try TestSpan.make("root", id: 1, attributes: [upstream])
        let scope = SessionScope(requestedID: requested, spans: [span])
        #expect(scope.id == requested)
        #expect(!scope.contains(span))
    }

    @Test("when nobody gave an id, it is the earliest span's")
    func service() throws {
        let later = try TestSpan.make("later", id: 1, startMilliseconds: 5, session: "b")
        let earlier = try TestSpan.make("earlier", id: 2, session: "a")
        let scope = SessionScope(requestedID: nil, spans: [later, earlier])
        #expect(scope.id == "a")
        #expect(scope.origin == .service)
        #expect(!scope.contains(later))
    }

    @Test(
        "a session is found under each of the names that libraries use",
        arguments: ["honeyhive.session_id", "traceloop.association.properties.session_id", "session.id"]
    )
    func names(_ name: String) throws {
        let span = try TestSpan.make("a", id: 1, session: nil, attributes: [Attribute(name, .string("s"))])
        #expect(span.sessionID == "s")
    }
}
