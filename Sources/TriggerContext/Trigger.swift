/// What invoked the function, as its event tells.
package struct Trigger: Sendable, Equatable {
    /// The service, or the way it calls.
    package enum Source: Sendable, Equatable {
        /// A direct invoke, a Step Functions task, or anything that is not recognised.
        case direct
        case apiGatewayREST
        /// API Gateway's HTTP APIs and function URLs: their events have one form.
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
    }

    /// The values of `faas.trigger` (https://opentelemetry.io/docs/specs/semconv/registry/attributes/faas/).
    package enum Kind: String, Sendable {
        case http
        case pubsub
        case timer
        case datasource
        case other
    }

    /// What is known of an HTTP request; the query is not, for it may hold secrets.
    package struct HTTPRequest: Sendable, Equatable {
        package var method: String?
        /// The route as configured, such as `/pets/{petId}`: few for a function, as span names must be.
        package var route: String?
        package var path: String?
        package var scheme: String?
        package var serverAddress: String?
        package var userAgent: String?
    }

    package var source = Source.direct
    /// Of the HTTP triggers only.
    package var http: HTTPRequest?
    /// The name of the queue, topic, stream, table or bucket.
    package var destination: String?
    /// Whether the event brings records that are handled one by one.
    package var isBatch = false
    /// How many records it brings, those beyond ``TriggerContext/maximumRecordCount`` among them.
    package var recordCount = 0

    package var kind: Kind {
        switch source {
        case .direct: .other
        case .apiGatewayREST, .apiGatewayHTTP, .loadBalancer, .webSocket: .http
        case .sqs, .sns, .eventBridge, .kinesis, .kafka, .activeMQ, .rabbitMQ: .pubsub
        case .schedule: .timer
        case .dynamoDB, .s3: .datasource
        }
    }
}
