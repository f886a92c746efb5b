internal import WireText

/// All shapes of events and records, which docs/triggers.md lists; the first that matches counts.
extension EventShape {
    static let all = records + streams + authorizers + envelopes + http + graphs + conversations + jobs

    /// The names of the members that tell the shapes apart, and of those that are read.
    static let allNames = NameTable(
        all.flatMap(\.allNames) + eventNames + DescribingHeaders.objects + HTTPEvent.names
    )

    /// The members of an event with a list of records that are about the list.
    static let eventNames: [StaticString] = [
        "eventSource", "EventSource", "eventSourceARN", "eventSourceArn", "deliveryStreamArn", "window", "state",
    ]

    private static func mark(_ paths: Path...) -> [Mark] { paths.map { Mark(path: $0) } }

    private static func field(_ form: CallerField.Form, _ path: StaticString...) -> CallerField {
        CallerField(path, form)
    }

    // MARK: Messages

    private static let arn: Path = ["eventSourceARN"]
    private static let recordLists: [StaticString] = ["Records", "records"]

    private static let records = [
        EventShape(
            .sns,
            [mark(["Sns", "Message"])],
            eventSources: ["sns"],
            lists: recordLists,
            callerFields: [
                field(.attributes(.messageAttribute), "Sns", "MessageAttributes"), field(.event, "Sns", "Message"),
            ],
            id: [["Sns", "MessageId"]],
            destination: [["Sns", "TopicArn"]]
        ),
        // An SNS message as the body of another one.
        EventShape(
            .sns,
            [mark(["TopicArn"], ["Message"])],
            callerFields: [field(.attributes(.messageAttribute), "MessageAttributes"), field(.event, "Message")],
            id: [["MessageId"]],
            destination: [["TopicArn"]]
        ),
        EventShape(
            .sqs,
            [mark(["body"], ["receiptHandle"]), mark(["body"], ["messageId"], ["attributes"])],
            eventSources: ["sqs"],
            lists: recordLists,
            callerFields: [field(.attributes(.messageAttribute), "messageAttributes"), field(.event, "body")],
            id: [["messageId"]],
            destination: [arn, ["eventSourceArn"]]
        ),
        EventShape(
            .kafka,
            [mark(["topic"], ["partition"], ["offset"])],
            eventSources: ["kafka", "selfmanagedkafka", "self-managed-kafka", "msk"],
            lists: ["records", "Records"],
            callerFields: [field(.attributes(.bytes), "headers"), field(.base64, "value")],
            id: [["topic"], ["partition"], ["offset"]],
            destination: [["topic"]]
        ),
        EventShape(
            .rabbitMQ,
            [mark(["basicProperties"])],
            eventSources: ["rmq", "rabbitmq"],
            lists: ["rmqMessagesByQueue"],
            callerFields: [
                field(.attributes(.bytesObject), "basicProperties", "headers"),
                field(.attributes(.bytesObject), "properties"), field(.base64, "data"),
            ],
            id: [["basicProperties", "messageId"]],
            destination: [["eventSourceKey"]]
        ),
        EventShape(
            .activeMQ,
            [mark(["messageID"], ["data"]), mark(["messageID"], ["messageType"]), mark(["data"], ["destination"])],
            eventSources: ["amq", "mq", "activemq", "active-mq", "amazonmq"],
            lists: ["messages", "Messages"],
            callerFields: [field(.attributes(.bytesObject), "properties"), field(.base64, "data")],
            id: [["messageID"]],
            destination: [["destination", "physicalName"], ["destination", "physicalname"]]
        ),
    ]

    // MARK: Streams and storage

    private static let streams = [
        EventShape(
            .kinesis,
            [mark(["kinesis", "data"])],
            eventSources: ["kinesis"],
            lists: recordLists,
            callerFields: [field(.base64, "kinesis", "data")],
            id: [["kinesis", "sequenceNumber"]],
            destination: [arn]
        ),
        // EventBridge Pipes sends the members without the object around them.
        EventShape(
            .kinesis,
            [mark(["data"], ["partitionKey"], ["sequenceNumber"])],
            callerFields: [field(.base64, "data")],
            id: [["sequenceNumber"]],
            destination: [arn]
        ),
        EventShape(
            .dynamoDB,
            ["NewImage", "OldImage", "Keys"].map { mark(["dynamodb", $0]) },
            eventSources: ["dynamodb"],
            lists: recordLists,
            callerFields: ["NewImage", "OldImage", "Keys"].map { field(.item, "dynamodb", $0) },
            id: [["eventID"]],
            destination: [arn]
        ),
        EventShape(
            .documentDB,
            [mark(["event", "operationType"])],
            eventSources: ["docdb", "documentdb"],
            lists: ["events"],
            callerFields: [
                field(.payload, "event", "fullDocument"),
                field(.payload, "event", "updateDescription", "updatedFields"),
                field(.payload, "event", "documentKey"),
            ],
            id: [["event", "_id", "_data"]],
            destination: [["event", "ns", "coll"]]
        ),
        EventShape(
            .firehose,
            [mark(["recordId"], ["data"])],
            lists: ["records"],
            callerFields: [field(.base64, "data")],
            id: [["recordId"]]
        ),
        EventShape(
            .cloudFront,
            [mark(["cf", "request"]), mark(["cf", "config"])],
            lists: recordLists,
            callerFields: [
                field(.headerFields, "cf", "request", "headers"),
                field(.query(.decoded), "cf", "request", "querystring"),
                field(.base64, "cf", "request", "body", "data"),
            ]
        ),
        EventShape(
            .s3,
            [mark(["s3", "bucket"])],
            eventSources: ["s3"],
            lists: recordLists,
            destination: [["s3", "bucket", "name"]]
        ),
        // Anyone on the internet can write an email's header fields.
        EventShape(.ses, [mark(["ses", "mail"])], eventSources: ["ses"], lists: recordLists),
    ]

    // MARK: Events within events

    private static let envelopes = [
        EventShape(
            .lambdaDestination,
            [mark(["requestContext", "condition"])],
            callerFields: [field(.event, "requestPayload"), field(.event, "responsePayload"), field(.event, "payload")]
        ),
        EventShape(
            .eventBridge,
            [mark(["detail-type"], ["source"])],
            callerFields: [field(.event, "detail")]
        ),
        EventShape(
            .stepFunctions,
            [mark(["Execution"], ["State"], ["StateMachine"])],
            callerFields: [field(.event, "Execution", "Input")],
            conversationIDs: [["Execution", "Id"]]
        ),
        // A batch of a distributed map, with the input that its items share.
        EventShape(
            .stepFunctions,
            [mark(["BatchInput"], ["Items"])],
            callerFields: [field(.event, "BatchInput"), field(.event, "Items")]
        ),
        // The output of a Step Functions task that called another function.
        EventShape(
            .stepFunctions,
            [mark(["Payload"], ["ExecutedVersion"])],
            callerFields: [field(.event, "Payload")]
        ),
        EventShape(
            .durableExecution,
            [mark(["DurableExecutionArn"], ["InitialExecutionState"])],
            callerFields: [
                field(.event, "InitialExecutionState", "Operations", "*", "ExecutionDetails", "InputPayload")
            ],
            conversationIDs: [["DurableExecutionArn"]]
        ),
    ]

    // MARK: HTTP

    private static func requestFields(_ form: QueryForm) -> [CallerField] {
        [
            // Repeated header fields are complete only here; `headers` contains only their last value.
            field(.headerFields, "multiValueHeaders"), field(.headerFields, "headers"),
            field(.query(form), "queryStringParameters"), field(.query(form), "multiValueQueryStringParameters"),
            field(.body, "body"),
        ]
    }
    private static let authorizerFields = [
        field(.attributes(.plain), "requestContext", "authorizer"),
        field(.attributes(.plain), "requestContext", "authorizer", "claims"),
    ]
    private static let joinedRequestFields = [
        field(.headerFields, "multiValueHeaders"), field(.headerFields, "headers"),
        // The parameters before their values are joined with commas.
        field(.query(.decoded), "rawQueryString"), field(.query(.joined), "queryStringParameters"),
        field(.query(.decoded), "multiValueQueryStringParameters"), field(.body, "body"),
        field(.attributes(.plain), "requestContext", "authorizer", "lambda"),
        field(.attributes(.plain), "requestContext", "authorizer", "jwt", "claims"),
    ]

    private static let http = [
        EventShape(
            .webSocket,
            [mark(["requestContext", "connectionId"])],
            callerFields: requestFields(.decoded) + authorizerFields
        ),
        EventShape(.apiGatewayHTTP, [mark(["requestContext", "http"])], callerFields: joinedRequestFields),
        EventShape(
            .lattice,
            [
                mark(["requestContext", "serviceNetworkArn"]), mark(["requestContext", "targetGroupArn"], ["method"]),
            ],
            callerFields: [
                field(.headerFields, "headers"), field(.query(.decoded), "queryStringParameters"),
                field(.query(.decoded), "query_string_parameters"), field(.query(.decoded), "path"),
                field(.body, "body"),
            ]
        ),
        EventShape(
            .lattice,
            [mark(["raw_path"], ["method"])],
            callerFields: [
                field(.headerFields, "headers"), field(.query(.joined), "query_string_parameters"),
                field(.query(.decoded), "raw_path"), field(.body, "body"),
            ]
        ),
        EventShape(
            .loadBalancer,
            [mark(["requestContext", "elb"], ["httpMethod"])],
            callerFields: requestFields(.encoded)
        ),
        EventShape(
            .apiGatewayREST,
            [mark(["requestContext"], ["httpMethod"])],
            callerFields: requestFields(.decoded) + authorizerFields
        ),
        EventShape(
            .objectLambda,
            [mark(["userRequest"], ["configuration"])],
            callerFields: [
                field(.headerFields, "userRequest", "headers"), field(.query(.decoded), "userRequest", "url"),
                field(.event, "configuration", "payload"),
            ]
        ),
    ]

    private static let authorizers = [
        EventShape(
            .authorizer,
            [mark(["methodArn"], ["type"]), mark(["routeArn"], ["type"])],
            callerFields: [
                field(.headerFields, "multiValueHeaders"), field(.headerFields, "headers"),
                field(.query(.decoded), "rawQueryString"),
                field(.query(.decoded), "queryStringParameters"),
            ]
        ),
        EventShape(
            .authorizer,
            [mark(["authorizationToken"], ["requestContext", "apiId"])],
            callerFields: [field(.payload, "requestContext", "variables"), field(.headerFields, "requestHeaders")]
        ),
        EventShape(
            .authorizer,
            [mark(["protocolData"], ["protocols"])],
            callerFields: [
                field(.headerFields, "protocolData", "http", "headers"),
                field(.query(.decoded), "protocolData", "http", "queryString"),
            ]
        ),
    ]

    // MARK: AppSync

    private static let graphs = [
        EventShape(
            .appSync,
            [mark(["info", "channel"], ["info", "operation"])],
            callerFields: [
                field(.payload, "events", "*", "payload"), field(.headerFields, "request", "headers"),
                field(.attributes(.plain), "identity", "claims"),
                field(.attributes(.plain), "identity", "handlerContext"),
            ],
            name: [["info", "operation"], ["info", "channel", "path"]]
        ),
        EventShape(
            .appSync,
            [mark(["info", "fieldName"], ["info", "parentTypeName"]), mark(["info", "fieldName"], ["arguments"])],
            callerFields: [
                field(.payload, "arguments"), field(.payload, "arguments", "input"),
                field(.headerFields, "request", "headers"), field(.payload, "stash"),
                field(.payload, "info", "variables"), field(.attributes(.plain), "identity", "claims"),
                field(.attributes(.plain), "identity", "resolverContext"),
            ],
            name: [["info", "parentTypeName"], ["info", "fieldName"]],
            separator: "."
        ),
        // Amplify's resolvers
        // (https://docs.amplify.aws/gen1/react/build-a-backend/graphqlapi/custom-business-logic/#structure-of-the-function-event).
        EventShape(
            .appSync,
            [mark(["typeName"], ["fieldName"], ["arguments"])],
            callerFields: [
                field(.payload, "arguments"), field(.payload, "arguments", "input"),
                field(.headerFields, "request", "headers"), field(.attributes(.plain), "identity", "claims"),
                field(.attributes(.plain), "identity", "resolverContext"),
            ],
            name: [["typeName"], ["fieldName"]],
            separator: "."
        ),
        EventShape(
            .appSync,
            ["BatchInvoke", "Invoke"].map { [Mark(path: ["operation"], value: $0), Mark(path: ["payload"])] },
            callerFields: [
                field(.event, "payload"), field(.payload, "payload", "arguments"),
                field(.payload, "payload", "*", "arguments"),
            ]
        ),
    ]

    // MARK: Agents and conversations

    private static let conversations = [
        EventShape(
            .bedrockAgent,
            [mark(["messageVersion"], ["agent"])],
            callerFields: [
                field(.payload, "sessionAttributes"), field(.payload, "promptSessionAttributes"),
                field(.parameters, "parameters"), field(.parameters, "requestBody", "content", "*", "properties"),
            ],
            conversationIDs: [["sessionId"]],
            name: [["actionGroup"], ["apiPath"], ["function"]]
        ),
        // A node of a Bedrock flow (https://docs.aws.amazon.com/bedrock/latest/userguide/flows-nodes.html).
        EventShape(
            .bedrockAgent,
            [mark(["messageVersion"], ["flow"], ["node", "inputs"])],
            callerFields: [field(.parameters, "node", "inputs")],
            name: [["node", "name"]]
        ),
        EventShape(
            .lex,
            [mark(["sessionState"], ["bot"])],
            callerFields: [field(.payload, "sessionState", "sessionAttributes"), field(.payload, "requestAttributes")],
            conversationIDs: [["sessionId"]],
            name: [["sessionState", "intent", "name"]]
        ),
        EventShape(
            .lex,
            [mark(["currentIntent"], ["bot"])],
            callerFields: [field(.payload, "sessionAttributes"), field(.payload, "requestAttributes")],
            conversationIDs: [["userId"]],
            name: [["currentIntent", "name"]]
        ),
        EventShape(
            .connect,
            [mark(["Details", "ContactData"])],
            callerFields: [
                field(.payload, "Details", "Parameters"), field(.payload, "Details", "ContactData", "Attributes"),
            ],
            conversationIDs: [
                ["Details", "ContactData", "InitialContactId"], ["Details", "ContactData", "ContactId"],
            ]
        ),
        EventShape(
            .cognito,
            [mark(["triggerSource"], ["request"])],
            callerFields: ["clientMetadata", "validationData", "userAttributes"].map { field(.payload, "request", $0) },
            name: [["triggerSource"]]
        ),
        EventShape(
            .alexa,
            [mark(["session"], ["request", "type"], ["version"])],
            callerFields: [field(.payload, "session", "attributes")],
            conversationIDs: [["session", "sessionId"]],
            name: [["request", "type"], ["request", "intent", "name"]]
        ),
    ]

    // MARK: Jobs

    private static let jobs = [
        EventShape(
            .s3Batch,
            [mark(["invocationSchemaVersion"], ["job"], ["tasks"])],
            callerFields: [field(.payload, "job", "userArguments"), field(.percentEncoded, "tasks", "*", "s3Key")]
        ),
        EventShape(
            .codePipeline,
            [mark(["CodePipeline.job"])],
            callerFields: ["UserParameters"].map {
                field(.event, "CodePipeline.job", "data", "actionConfiguration", "configuration", $0)
            } + [field(.event, "CodePipeline.job", "data", "continuationToken")]
        ),
        EventShape(
            .config,
            [mark(["invokingEvent"], ["resultToken"])],
            callerFields: [field(.event, "ruleParameters")],
            name: [["configRuleName"]]
        ),
        // Compressed with gzip.
        EventShape(.cloudWatchLogs, [mark(["awslogs", "data"])]),
    ]
}
