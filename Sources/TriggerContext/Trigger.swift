/// The trigger of an invocation, as determined from its event.
package struct Trigger: Sendable, Equatable {
    /// The service that invoked the function.
    package enum Source: Sendable, Equatable {
        /// A direct invocation, a Step Functions task, or an unrecognised event.
        case direct
        case apiGatewayREST
        /// API Gateway's HTTP APIs and function URLs, whose events have the same form.
        case apiGatewayHTTP
        case loadBalancer
        case webSocket
        case sqs
        case sns
        case eventBridge
        case schedule
        case kinesis
        case dynamoDB
        case kafka
        case activeMQ
        case rabbitMQ
        case s3
        /// A Step Functions task whose input has the execution's context.
        case stepFunctions
        case durableExecution
        case lambdaDestination
        /// AppSync's resolvers and its Events.
        case appSync
        /// A Lambda authorizer of API Gateway, AppSync or IoT.
        case authorizer
        case lattice
        case objectLambda
        case cloudFront
        case bedrockAgent
        case lex
        case connect
        case cognito
        case alexa
        case firehose
        case documentDB
        case s3Batch
        case cloudWatchLogs
        case codePipeline
        case config
        case ses
    }

    /// The values of `faas.trigger` (https://opentelemetry.io/docs/specs/semconv/registry/attributes/faas/).
    package enum Kind: String, Sendable {
        case http
        case pubsub
        case timer
        case datasource
        case other
    }

    /// The properties of an HTTP request; the query is omitted because it may contain secrets.
    package struct HTTPRequest: Sendable, Equatable {
        package var method: String?
        /// The configured route, such as `/pets/{petId}`; its low cardinality suits a span name.
        package var route: String?
        package var path: String?
        package var scheme: String?
        package var serverAddress: String?
        package var userAgent: String?
    }

    package var source = Source.direct
    /// The source of the first function's event, for a destination.
    package var innerSource: Source?
    /// Nil for other triggers than HTTP.
    package var http: HTTPRequest?
    /// The name of the operation, such as `Query.getPost` of a GraphQL API.
    package var operation: String?
    /// The name of the queue, topic, stream, table or bucket.
    package var destination: String?
    /// True if the event contains records that are processed one by one.
    package var isBatch = false
    /// The number of records, including those beyond ``TriggerContext/maximumRecordCount``.
    package var recordCount = 0

    package var kind: Kind { (innerSource ?? source).kind }
}

extension Trigger.Source {
    fileprivate var kind: Trigger.Kind {
        switch self {
        case .direct, .stepFunctions, .durableExecution, .lambdaDestination, .bedrockAgent, .lex, .connect, .cognito,
            .alexa, .cloudWatchLogs, .codePipeline:
            .other
        case .apiGatewayREST, .apiGatewayHTTP, .loadBalancer, .webSocket, .lattice, .appSync, .authorizer,
            .objectLambda, .cloudFront:
            .http
        case .sqs, .sns, .eventBridge, .kinesis, .kafka, .activeMQ, .rabbitMQ, .firehose, .ses: .pubsub
        case .schedule: .timer
        case .dynamoDB, .s3, .documentDB, .s3Batch, .config: .datasource
        }
    }
}
