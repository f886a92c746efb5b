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

    private static func place(_ form: Place.Form, _ path: StaticString...) -> Place { Place(path, form) }

    // MARK: Messages

    private static let arn: Path = ["eventSourceARN"]
    private static let recordLists: [StaticString] = ["Records", "records"]

    private static let records = [
        EventShape(
            .sns,
            [mark(["Sns", "Message"])],
            hints: ["sns"],
            lists: recordLists,
            places: [
                place(.attributes(.messageAttribute), "Sns", "MessageAttributes"), place(.event, "Sns", "Message"),
            ],
            id: [["Sns", "MessageId"]],
            destination: [["Sns", "TopicArn"]]
        ),
        // An SNS message as the body of another one.
        EventShape(
            .sns,
            [mark(["TopicArn"], ["Message"])],
            places: [place(.attributes(.messageAttribute), "MessageAttributes"), place(.event, "Message")],
            id: [["MessageId"]],
            destination: [["TopicArn"]]
        ),
        EventShape(
            .sqs,
            [mark(["body"], ["receiptHandle"]), mark(["body"], ["messageId"], ["attributes"])],
            hints: ["sqs"],
            lists: recordLists,
            places: [place(.attributes(.messageAttribute), "messageAttributes"), place(.event, "body")],
            id: [["messageId"]],
            destination: [arn, ["eventSourceArn"]]
        ),
        EventShape(
            .kafka,
            [mark(["topic"], ["partition"], ["offset"])],
            hints: ["kafka", "selfmanagedkafka", "self-managed-kafka", "msk"],
            lists: ["records", "Records"],
            places: [place(.attributes(.bytes), "headers"), place(.base64, "value")],
            id: [["topic"], ["partition"], ["offset"]],
            destination: [["topic"]]
        ),
        EventShape(
            .rabbitMQ,
            [mark(["basicProperties"])],
            hints: ["rmq", "rabbitmq"],
            lists: ["rmqMessagesByQueue"],
            places: [
                place(.attributes(.bytesObject), "basicProperties", "headers"),
                place(.attributes(.bytesObject), "properties"), place(.base64, "data"),
            ],
            id: [["basicProperties", "messageId"]],
            destination: [["eventSourceKey"]]
        ),
        EventShape(
            .activeMQ,
            [mark(["messageID"], ["data"]), mark(["messageID"], ["messageType"]), mark(["data"], ["destination"])],
            hints: ["amq", "mq", "activemq", "active-mq", "amazonmq"],
            lists: ["messages", "Messages"],
            places: [place(.attributes(.bytesObject), "properties"), place(.base64, "data")],
            id: [["messageID"]],
            destination: [["destination", "physicalName"], ["destination", "physicalname"]]
        ),
    ]

    // MARK: Streams and storage

    private static let streams = [
        EventShape(
            .kinesis,
            [mark(["kinesis", "data"])],
            hints: ["kinesis"],
            lists: recordLists,
            places: [place(.base64, "kinesis", "data")],
            id: [["kinesis", "sequenceNumber"]],
            destination: [arn]
        ),
        // EventBridge Pipes sends the members without the object around them.
        EventShape(
            .kinesis,
            [mark(["data"], ["partitionKey"], ["sequenceNumber"])],
            places: [place(.base64, "data")],
            id: [["sequenceNumber"]],
            destination: [arn]
        ),
        EventShape(
            .dynamoDB,
            ["NewImage", "OldImage", "Keys"].map { mark(["dynamodb", $0]) },
            hints: ["dynamodb"],
            lists: recordLists,
            places: ["NewImage", "OldImage", "Keys"].map { place(.item, "dynamodb", $0) },
            id: [["eventID"]],
            destination: [arn]
        ),
        EventShape(
            .documentDB,
            [mark(["event", "operationType"])],
            hints: ["docdb", "documentdb"],
            lists: ["events"],
            places: [
                place(.payload, "event", "fullDocument"),
                place(.payload, "event", "updateDescription", "updatedFields"),
                place(.payload, "event", "documentKey"),
            ],
            id: [["event", "_id", "_data"]],
            destination: [["event", "ns", "coll"]]
        ),
        EventShape(
            .firehose,
            [mark(["recordId"], ["data"])],
            lists: ["records"],
            places: [place(.base64, "data")],
            id: [["recordId"]]
        ),
        EventShape(
            .cloudFront,
            [mark(["cf", "request"]), mark(["cf", "config"])],
            lists: recordLists,
            places: [
                place(.headerFields, "cf", "request", "headers"),
                place(.query(.decoded), "cf", "request", "querystring"),
                place(.base64, "cf", "request", "body", "data"),
            ]
        ),
        EventShape(
            .s3,
            [mark(["s3", "bucket"])],
            hints: ["s3"],
            lists: recordLists,
            destination: [["s3", "bucket", "name"]]
        ),
        // Anyone on the internet can write an email's header fields.
        EventShape(.ses, [mark(["ses", "mail"])], hints: ["ses"], lists: recordLists),
    ]

    // MARK: Events within events

    private static let envelopes = [
        EventShape(
            .lambdaDestination,
            [mark(["requestContext", "condition"])],
            places: [place(.event, "requestPayload"), place(.event, "responsePayload"), place(.event, "payload")]
        ),
        EventShape(
            .eventBridge,
            [mark(["detail-type"], ["source"])],
            places: [place(.event, "detail")]
        ),
        EventShape(
            .stepFunctions,
            [mark(["Execution"], ["State"], ["StateMachine"])],
            places: [place(.event, "Execution", "Input")],
            ownIDs: [["Execution", "Id"]]
        ),
        // A batch of a distributed map, with the input that its items share.
        EventShape(
            .stepFunctions,
            [mark(["BatchInput"], ["Items"])],
            places: [place(.event, "BatchInput"), place(.event, "Items")]
        ),
        // The output of a Step Functions task that called another function.
        EventShape(
            .stepFunctions,
            [mark(["Payload"], ["ExecutedVersion"])],
            places: [place(.event, "Payload")]
        ),
        EventShape(
            .durableExecution,
            [mark(["DurableExecutionArn"], ["InitialExecutionState"])],
            places: [
                place(.event, "InitialExecutionState", "Operations", "*", "ExecutionDetails", "InputPayload")
            ],
            ownIDs: [["DurableExecutionArn"]]
        ),
    ]

    // MARK: HTTP

    private static func requestPlaces(_ form: QueryForm) -> [Place] {
        [
            // Repeated header fields are complete only here; `headers` contains only their last value.
            place(.headerFields, "multiValueHeaders"), place(.headerFields, "headers"),
            place(.query(form), "queryStringParameters"), place(.query(form), "multiValueQueryStringParameters"),
            place(.body, "body"),
        ]
    }
    private static let authorizerPlaces = [
        place(.attributes(.plain), "requestContext", "authorizer"),
        place(.attributes(.plain), "requestContext", "authorizer", "claims"),
    ]
    private static let joinedRequestPlaces = [
        place(.headerFields, "multiValueHeaders"), place(.headerFields, "headers"),
        // The parameters before their values are joined with commas.
        place(.query(.decoded), "rawQueryString"), place(.query(.joined), "queryStringParameters"),
        place(.query(.decoded), "multiValueQueryStringParameters"), place(.body, "body"),
        place(.attributes(.plain), "requestContext", "authorizer", "lambda"),
        place(.attributes(.plain), "requestContext", "authorizer", "jwt", "claims"),
    ]

    private static let http = [
        EventShape(
            .webSocket,
            [mark(["requestContext", "connectionId"])],
            places: requestPlaces(.decoded) + authorizerPlaces
        ),
        EventShape(.apiGatewayHTTP, [mark(["requestContext", "http"])], places: joinedRequestPlaces),
        EventShape(
            .lattice,
            [
                mark(["requestContext", "serviceNetworkArn"]), mark(["requestContext", "targetGroupArn"], ["method"]),
            ],
            places: [
                place(.headerFields, "headers"), place(.query(.decoded), "queryStringParameters"),
                place(.query(.decoded), "query_string_parameters"), place(.query(.decoded), "path"),
                place(.body, "body"),
            ]
        ),
        EventShape(
            .lattice,
            [mark(["raw_path"], ["method"])],
            places: [
                place(.headerFields, "headers"), place(.query(.joined), "query_string_parameters"),
                place(.query(.decoded), "raw_path"), place(.body, "body"),
            ]
        ),
        EventShape(
            .loadBalancer,
            [mark(["requestContext", "elb"], ["httpMethod"])],
            places: requestPlaces(.encoded)
        ),
        EventShape(
            .apiGatewayREST,
            [mark(["requestContext"], ["httpMethod"])],
            places: requestPlaces(.decoded) + authorizerPlaces
        ),
        EventShape(
            .objectLambda,
            [mark(["userRequest"], ["configuration"])],
            places: [
                place(.headerFields, "userRequest", "headers"), place(.query(.decoded), "userRequest", "url"),
                place(.event, "configuration", "payload"),
            ]
        ),
    ]

    private static let authorizers = [
        EventShape(
            .authorizer,
            [mark(["methodArn"], ["type"]), mark(["routeArn"], ["type"])],
            places: [
                place(.headerFields, "multiValueHeaders"), place(.headerFields, "headers"),
                place(.query(.decoded), "rawQueryString"),
                place(.query(.decoded), "queryStringParameters"),
            ]
        ),
        EventShape(
            .authorizer,
            [mark(["authorizationToken"], ["requestContext", "apiId"])],
            places: [place(.payload, "requestContext", "variables"), place(.headerFields, "requestHeaders")]
        ),
        EventShape(
            .authorizer,
            [mark(["protocolData"], ["protocols"])],
            places: [
                place(.headerFields, "protocolData", "http", "headers"),
                place(.query(.decoded), "protocolData", "http", "queryString"),
            ]
        ),
    ]

    // MARK: AppSync

    private static let graphs = [
        EventShape(
            .appSync,
            [mark(["info", "channel"], ["info", "operation"])],
            places: [
                place(.payload, "events", "*", "payload"), place(.headerFields, "request", "headers"),
                place(.attributes(.plain), "identity", "claims"),
                place(.attributes(.plain), "identity", "handlerContext"),
            ],
            name: [["info", "operation"], ["info", "channel", "path"]]
        ),
        EventShape(
            .appSync,
            [mark(["info", "fieldName"], ["info", "parentTypeName"]), mark(["info", "fieldName"], ["arguments"])],
            places: [
                place(.payload, "arguments"), place(.payload, "arguments", "input"),
                place(.headerFields, "request", "headers"), place(.payload, "stash"),
                place(.payload, "info", "variables"), place(.attributes(.plain), "identity", "claims"),
                place(.attributes(.plain), "identity", "resolverContext"),
            ],
            name: [["info", "parentTypeName"], ["info", "fieldName"]],
            separator: "."
        ),
        // Amplify's resolvers
        // (https://docs.amplify.aws/gen1/react/build-a-backend/graphqlapi/custom-business-logic/#structure-of-the-function-event).
        EventShape(
            .appSync,
            [mark(["typeName"], ["fieldName"], ["arguments"])],
            places: [
                place(.payload, "arguments"), place(.payload, "arguments", "input"),
                place(.headerFields, "request", "headers"), place(.attributes(.plain), "identity", "claims"),
                place(.attributes(.plain), "identity", "resolverContext"),
            ],
            name: [["typeName"], ["fieldName"]],
            separator: "."
        ),
        EventShape(
            .appSync,
            ["BatchInvoke", "Invoke"].map { [Mark(path: ["operation"], value: $0), Mark(path: ["payload"])] },
            places: [
                place(.event, "payload"), place(.payload, "payload", "arguments"),
                place(.payload, "payload", "*", "arguments"),
            ]
        ),
    ]

    // MARK: Agents and conversations

    private static let conversations = [
        EventShape(
            .bedrockAgent,
            [mark(["messageVersion"], ["agent"])],
            places: [
                place(.payload, "sessionAttributes"), place(.payload, "promptSessionAttributes"),
                place(.parameters, "parameters"), place(.parameters, "requestBody", "content", "*", "properties"),
            ],
            ownIDs: [["sessionId"]],
            name: [["actionGroup"], ["apiPath"], ["function"]]
        ),
        // A node of a Bedrock flow (https://docs.aws.amazon.com/bedrock/latest/userguide/flows-nodes.html).
        EventShape(
            .bedrockAgent,
            [mark(["messageVersion"], ["flow"], ["node", "inputs"])],
            places: [place(.parameters, "node", "inputs")],
            name: [["node", "name"]]
        ),
        EventShape(
            .lex,
            [mark(["sessionState"], ["bot"])],
            places: [place(.payload, "sessionState", "sessionAttributes"), place(.payload, "requestAttributes")],
            ownIDs: [["sessionId"]],
            name: [["sessionState", "intent", "name"]]
        ),
        EventShape(
            .lex,
            [mark(["currentIntent"], ["bot"])],
            places: [place(.payload, "sessionAttributes"), place(.payload, "requestAttributes")],
            ownIDs: [["userId"]],
            name: [["currentIntent", "name"]]
        ),
        EventShape(
            .connect,
            [mark(["Details", "ContactData"])],
            places: [
                place(.payload, "Details", "Parameters"), place(.payload, "Details", "ContactData", "Attributes"),
            ],
            ownIDs: [["Details", "ContactData", "InitialContactId"], ["Details", "ContactData", "ContactId"]]
        ),
        EventShape(
            .cognito,
            [mark(["triggerSource"], ["request"])],
            places: ["clientMetadata", "validationData", "userAttributes"].map { place(.payload, "request", $0) },
            name: [["triggerSource"]]
        ),
        EventShape(
            .alexa,
            [mark(["session"], ["request", "type"], ["version"])],
            places: [place(.payload, "session", "attributes")],
            ownIDs: [["session", "sessionId"]],
            name: [["request", "type"], ["request", "intent", "name"]]
        ),
    ]

    // MARK: Jobs

    private static let jobs = [
        EventShape(
            .s3Batch,
            [mark(["invocationSchemaVersion"], ["job"], ["tasks"])],
            places: [place(.payload, "job", "userArguments"), place(.percentEncoded, "tasks", "*", "s3Key")]
        ),
        EventShape(
            .codePipeline,
            [mark(["CodePipeline.job"])],
            places: ["UserParameters"].map {
                place(.event, "CodePipeline.job", "data", "actionConfiguration", "configuration", $0)
            } + [place(.event, "CodePipeline.job", "data", "continuationToken")]
        ),
        EventShape(
            .config,
            [mark(["invokingEvent"], ["resultToken"])],
            places: [place(.event, "ruleParameters")],
            name: [["configRuleName"]]
        ),
        // Compressed with gzip.
        EventShape(.cloudWatchLogs, [mark(["awslogs", "data"])]),
    ]
}
