import Foundation
import SessionTracing
import Testing

@testable import TriggerContext

@Suite("The table of triggers in docs/triggers.md")
struct TriggerTableTests {
    @Test("It has the rows of the code's table, in the same order")
    func rows() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let document = try String(contentsOf: root.appending(path: "docs/triggers.md"), encoding: .utf8)
        let written = document.split(separator: "\n").drop { !$0.hasPrefix("| Trigger | Recognised by") }.dropFirst(2)
            .prefix { $0.hasPrefix("|") }.map(String.init)
        #expect(written == EventShape.all.map(row))
    }

    @Test("Every trigger has a row")
    func sources() {
        let rows = Set(EventShape.all.map { "\($0.source)" })
        #expect(Set(Self.titles.keys).subtracting(rows).isEmpty)
        #expect(rows.subtracting(Self.titles.keys).isEmpty)
    }

    private static let titles = [
        "sns": "SNS", "sqs": "SQS", "kafka": "Kafka (MSK, self-managed)", "rabbitMQ": "RabbitMQ",
        "activeMQ": "ActiveMQ", "kinesis": "Kinesis", "dynamoDB": "DynamoDB streams", "documentDB": "DocumentDB",
        "firehose": "Firehose", "cloudFront": "CloudFront", "s3": "S3", "ses": "SES", "authorizer": "Authorizers",
        "lambdaDestination": "Lambda destinations", "eventBridge": "EventBridge, Scheduler",
        "stepFunctions": "Step Functions", "durableExecution": "Durable functions", "webSocket": "WebSocket APIs",
        "apiGatewayHTTP": "HTTP APIs, function URLs", "lattice": "VPC Lattice", "loadBalancer": "Load balancers",
        "apiGatewayREST": "REST APIs", "objectLambda": "S3 Object Lambda", "appSync": "AppSync",
        "bedrockAgent": "Bedrock agents, flows", "lex": "Lex", "connect": "Connect", "cognito": "Cognito user pools",
        "alexa": "Alexa", "s3Batch": "S3 Batch", "codePipeline": "CodePipeline", "config": "Config rules",
        "cloudWatchLogs": "CloudWatch Logs",
    ]

    /// The types of `TriggerEvents`, whose own tests decode the events.
    private static let types = [
        "sqs": "QueueBatchEvent", "kafka": "KafkaBatchEvent", "rabbitMQ": "BrokerBatchEvent",
        "activeMQ": "BrokerBatchEvent", "kinesis": "StreamBatchEvent", "dynamoDB": "StreamBatchEvent",
        "webSocket": "WebSocketEvent", "apiGatewayHTTP": "HTTPRequestEvent", "lattice": "HTTPRequestEvent",
        "loadBalancer": "HTTPRequestEvent", "apiGatewayREST": "HTTPRequestEvent",
    ]

    private func row(_ shape: EventShape) -> String {
        let trigger = Trigger(source: shape.source)
        let isSchedule = shape.source == .eventBridge
        let cells = [
            Self.titles["\(shape.source)"] ?? "", marks(shape), list(shape.callerFields.map(text), or: "nothing"),
            list(shape.conversationIDs.map(code), or: "–"),
            "`\(trigger.kind.rawValue)`" + (isSchedule ? ", schedules `timer`" : "")
                + (shape.source == .lambdaDestination ? ", or the first event's" : ""),
            "\(trigger.rootSpanKind)".uppercased() + (isSchedule ? ", schedules SERVER" : ""), name(shape, trigger),
            Self.types["\(shape.source)"].map { "`\($0)`" } ?? "–",
        ]
        return "| \(cells.joined(separator: " | ")) |"
    }

    private func marks(_ shape: EventShape) -> String {
        let alternatives = shape.marks.map { marks in
            marks.map { mark in code(mark.path) + (mark.value.map { " = `\($0)`" } ?? "") }.joined(separator: " + ")
        }
        let lists = shape.lists.map { "`\($0)`" }.joined(separator: ", ")
        return alternatives.joined(separator: " or ") + (lists.isEmpty ? "" : "; in \(lists)")
    }

    private func list(_ texts: [String], or none: String) -> String {
        texts.isEmpty ? none : texts.joined(separator: ", ")
    }

    private func code(_ path: EventShape.Path) -> String {
        "`\(path.map(\.description).joined(separator: "."))`"
    }

    private func text(_ field: EventShape.CallerField) -> String {
        switch field.form {
        case .base64: code(field.path) + " (base64)"
        case .body: code(field.path) + " (JSON or a form, also in base64)"
        case .percentEncoded: code(field.path) + " (percent-encoded)"
        case .parameters: code(field.path) + " (by name)"
        default: code(field.path)
        }
    }

    private func name(_ shape: EventShape, _ trigger: Trigger) -> String {
        if trigger.rootSpanKind == .consumer, !shape.destination.isEmpty { return "`process DESTINATION`" }
        switch shape.source {
        case .apiGatewayREST, .apiGatewayHTTP: return "`METHOD ROUTE`"
        case .webSocket: return "the route's key"
        default: break
        }
        return shape.name.isEmpty ? "the function's name" : shape.name.map(code).joined(separator: shape.separator)
    }
}
