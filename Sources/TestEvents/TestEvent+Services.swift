internal import SessionTracing
internal import TriggerEvents
internal import WireText

/// Events of services that have a form of their own, with a caller's data and context.
extension TestEvent {
    /// Returns nil for a trigger with another form.
    static func service(_ trigger: TestTrigger, _ caller: TestCaller) throws(TestEventError) -> TestEvent? {
        switch trigger {
        case .destination: destination(try caller.payload)
        case .stepFunctions: stepFunctions(try caller.payload)
        case .stepFunctionsResult:
            TestEvent(["ExecutedVersion": "$LATEST", "Payload": try caller.payload, "StatusCode": 200])
        case .durable: durable(try caller.payloadText)
        case .s3, .ses, .cloudWatchLogs: try withoutContext(trigger, caller)
        case .s3Batch: s3Batch(caller)
        case .bedrockAgent: bedrockAgent(caller, function: nil)
        case .bedrockAgentFunction: bedrockAgent(caller, function: "test")
        case .lex: lex(caller)
        case .lexV1: lexV1(caller)
        case .connect: connect(caller)
        case .cognito: cognito(caller)
        case .alexa: alexa(caller)
        case .codePipeline: codePipeline(try caller.payloadText)
        case .config: config(try caller.payloadText)
        default: nil
        }
    }

    // MARK: Envelopes

    // https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    private static func destination(_ payload: AttributeValue) -> TestEvent {
        TestEvent([
            "version": "1.0", "timestamp": .string(TestValues.preciseTime),
            "requestContext": [
                "requestId": .string(TestValues.id(1)),
                "functionArn": .string(TestValues.arn("lambda", "function:first:$LATEST")),
                "condition": "Success", "approximateInvokeCount": 1,
            ],
            "requestPayload": payload, "responseContext": ["statusCode": 200, "executedVersion": "$LATEST"],
            "responsePayload": [:],
        ])
    }

    // https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
    private static func stepFunctions(_ input: AttributeValue) -> TestEvent {
        TestEvent([
            "Execution": [
                "Id": .string(TestValues.arn("states", "execution:test:\(TestValues.id(1))")), "Input": input,
                "Name": .string(TestValues.id(1)), "RoleArn": "arn:aws:iam::123456789012:role/test",
                "StartTime": .string(TestValues.preciseTime),
            ],
            "State": ["EnteredTime": .string(TestValues.preciseTime), "Name": "test", "RetryCount": 0],
            "StateMachine": ["Id": .string(TestValues.arn("states", "stateMachine:test")), "Name": "test"],
        ])
    }

    // https://docs.aws.amazon.com/lambda/latest/dg/durable-functions.html
    private static func durable(_ input: String) -> TestEvent {
        let execution = "function:test:1/durable-execution/test/\(TestValues.id(1))"
        return TestEvent([
            "DurableExecutionArn": .string(TestValues.arn("lambda", execution)), "CheckpointToken": "test",
            "InitialExecutionState": [
                "Operations": [
                    [
                        "Id": .string(TestValues.id(1)), "Type": "EXECUTION", "Status": "STARTED",
                        "ExecutionDetails": ["InputPayload": .string(input)],
                    ]
                ]
            ],
        ])
    }

    // MARK: Conversations

    // https://docs.aws.amazon.com/bedrock/latest/userguide/agents-lambda.html
    private static func bedrockAgent(_ caller: TestCaller, function: String?) -> TestEvent {
        let parameters: [AttributeValue] = caller.texts.sorted { $0.key < $1.key }.map { name, value in
            ["name": .string(name), "type": "string", "value": .string(value)]
        }
        var event: [String: AttributeValue] = [
            "messageVersion": "1.0",
            "agent": ["name": "test", "id": "TESTAGENT1", "alias": "TSTALIASID", "version": "1"],
            "inputText": "test", "sessionId": "test", "actionGroup": "test",
            "sessionAttributes": caller.fields.json(), "promptSessionAttributes": [:],
        ]
        if let function {
            event["function"] = .string(function)
            event["parameters"] = .array(parameters)
        } else {
            event["apiPath"] = "/test"
            event["httpMethod"] = "POST"
            event["parameters"] = []
            event["requestBody"] = ["content": ["application/json": ["properties": .array(parameters)]]]
        }
        return TestEvent(.dictionary(event))
    }

    // https://docs.aws.amazon.com/lexv2/latest/dg/lambda-input-format.html
    private static func lex(_ caller: TestCaller) -> TestEvent {
        let intent: AttributeValue = [
            "name": "Test", "state": "InProgress", "confirmationState": "None", "slots": slots(caller),
        ]
        return TestEvent([
            "messageVersion": "1.0", "invocationSource": "DialogCodeHook", "inputMode": "Text",
            "responseContentType": "text/plain; charset=utf-8", "sessionId": "test", "inputTranscript": "test",
            "bot": [
                "id": "TESTBOT001", "name": "test", "aliasId": "TSTALIASID", "aliasName": "test", "localeId": "en_US",
                "version": "DRAFT",
            ],
            "interpretations": [["intent": intent, "interpretationSource": "Lex"]], "proposedNextState": nil,
            "requestAttributes": [:],
            "sessionState": [
                "activeContexts": [], "sessionAttributes": caller.fields.json(), "intent": intent,
                "originatingRequestId": .string(TestValues.id(1)),
            ],
        ])
    }

    private static func slots(_ caller: TestCaller) -> AttributeValue {
        caller.texts.json { value in
            [
                "shape": "Scalar",
                "value": ["originalValue": .string(value), "interpretedValue": .string(value), "resolvedValues": []],
            ]
        }
    }

    // https://docs.aws.amazon.com/lex/latest/dg/lambda-input-response-format.html
    private static func lexV1(_ caller: TestCaller) -> TestEvent {
        TestEvent([
            "messageVersion": "1.0", "invocationSource": "DialogCodeHook", "userId": "test",
            "sessionAttributes": caller.fields.json(), "requestAttributes": [:], "inputTranscript": "test",
            "bot": ["name": "Test", "alias": "$LATEST", "version": "$LATEST"], "outputDialogMode": "Text",
            "currentIntent": ["name": "Test", "slots": .dictionary(caller.members), "confirmationStatus": "None"],
        ])
    }

    // https://docs.aws.amazon.com/connect/latest/adminguide/connect-lambda-functions.html
    private static func connect(_ caller: TestCaller) -> TestEvent {
        TestEvent([
            "Name": "ContactFlowEvent",
            "Details": [
                "ContactData": [
                    "Attributes": caller.fields.json(), "Channel": "VOICE", "ContactId": .string(TestValues.id(1)),
                    "CustomerEndpoint": nil, "CustomerId": nil, "Description": nil,
                    "InitialContactId": .string(TestValues.id(1)), "InitiationMethod": "API",
                    "InstanceARN": .string(TestValues.arn("connect", "instance/test")), "LanguageCode": "en-US",
                    "MediaStreams": [
                        "Customer": [
                            "Audio": ["StartFragmentNumber": nil, "StartTimestamp": nil, "StreamARN": nil]
                        ]
                    ],
                    "Name": nil, "PreviousContactId": .string(TestValues.id(1)), "Queue": nil, "References": [:],
                    "SystemEndpoint": nil,
                ],
                "Parameters": caller.texts.json(),
            ],
        ])
    }

    // https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-sign-up.html
    private static func cognito(_ caller: TestCaller) -> TestEvent {
        TestEvent([
            "version": "1", "triggerSource": "PreSignUp_SignUp", "region": .string(TestValues.region),
            "userPoolId": "us-east-1_TestPool1", "userName": "test",
            "callerContext": ["awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": "test"],
            "request": [
                "userAttributes": ["email": "test@example.com", "phone_number": "+12065550100"],
                "validationData": caller.texts.json(), "clientMetadata": caller.fields.json(),
            ],
            "response": ["autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false],
        ])
    }

    // https://developer.amazon.com/en-US/docs/alexa/custom-skills/request-and-response-json-reference.html
    private static func alexa(_ caller: TestCaller) -> TestEvent {
        TestEvent([
            "version": "1.0",
            "session": [
                "new": true, "sessionId": "amzn1.echo-api.session.test",
                "application": ["applicationId": "amzn1.ask.skill.test"],
                "attributes": .dictionary(
                    caller.members.merging(caller.fields.mapValues(AttributeValue.string)) { $1 }
                ),
                "user": ["userId": "amzn1.ask.account.test"],
            ],
            "request": [
                "type": "LaunchRequest", "requestId": .string("amzn1.echo-api.request.\(TestValues.id(1))"),
                "timestamp": .string(TestValues.time), "locale": "en-US",
            ],
        ])
    }

    // MARK: Jobs

    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html
    private static func s3Batch(_ caller: TestCaller) -> TestEvent {
        TestEvent([
            "invocationSchemaVersion": "2.0", "invocationId": "test",
            "job": [
                "id": .string(TestValues.id(1)), "userArguments": caller.texts.merging(caller.fields) { $1 }.json(),
            ],
            "tasks": [["taskId": "test", "s3Key": "test", "s3VersionId": "1", "s3Bucket": "test"]],
        ])
    }

    // https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-invoke-lambda-function.html
    private static func codePipeline(_ parameters: String) -> TestEvent {
        let location: AttributeValue = ["bucketName": "test", "objectKey": "test.zip"]
        return TestEvent([
            "CodePipeline.job": [
                "id": .string(TestValues.id(1)), "accountId": .string(TestValues.account),
                "data": [
                    "actionConfiguration": [
                        "configuration": ["FunctionName": "test", "UserParameters": .string(parameters)]
                    ],
                    "inputArtifacts": [
                        ["location": ["s3Location": location, "type": "S3"], "revision": nil, "name": "test"]
                    ],
                    "outputArtifacts": [],
                    "artifactCredentials": ["secretAccessKey": "test", "sessionToken": "test", "accessKeyId": "test"],
                    "continuationToken": "test",
                ],
            ]
        ])
    }

    // https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_example-events.html
    private static func config(_ parameters: String) -> TestEvent {
        let notification = TestEvent([
            "awsAccountId": .string(TestValues.account), "notificationCreationTime": .string(TestValues.preciseTime),
            "messageType": "ScheduledNotification", "recordVersion": "1.0",
        ])
        return TestEvent([
            "configRuleId": "config-rule-test", "version": "1.0", "configRuleName": "test",
            "configRuleArn": .string(TestValues.arn("config", "config-rule/config-rule-test")),
            "invokingEvent": .string(notification.json), "resultToken": "test", "eventLeftScope": false,
            "ruleParameters": .string(parameters), "executionRoleArn": "arn:aws:iam::123456789012:role/test",
            "accountId": .string(TestValues.account),
        ])
    }

    // MARK: Events that carry no context

    private static func withoutContext(
        _ trigger: TestTrigger,
        _ caller: TestCaller
    ) throws(TestEventError) -> TestEvent {
        try caller.requireNoContext(trigger)
        switch trigger {
        case .s3: return s3(key: caller.texts["key"] ?? "test", bucket: caller.texts["bucket"] ?? "test")
        case .ses: return ses(caller)
        default: return cloudWatchLogs(caller.message)
        }
    }

    // https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-lambda-event.html
    private static func ses(_ caller: TestCaller) -> TestEvent {
        let address = "test@example.com"
        let subject = caller.texts["subject"] ?? "Test"
        let date = "Thu, 1 Jan 2026 00:00:00 +0000"
        let headers: [(String, String)] = [
            ("Return-Path", "<\(address)>"), ("From", address), ("To", address), ("Date", date), ("Subject", subject),
            ("MIME-Version", "1.0"), ("Content-Type", "text/plain"), ("Message-ID", "<test@example.com>"),
        ]
        let pass: AttributeValue = ["status": "PASS"]
        return TestEvent([
            "Records": [
                [
                    "eventVersion": "1.0", "eventSource": "aws:ses",
                    "ses": [
                        "mail": [
                            "commonHeaders": [
                                "from": [.string(address)], "to": [.string(address)], "returnPath": .string(address),
                                "messageId": "<test@example.com>", "date": .string(date), "subject": .string(subject),
                            ],
                            "source": .string(address), "timestamp": .string(TestValues.preciseTime),
                            "destination": [.string(address)],
                            "headers": .array(headers.map { ["name": .string($0.0), "value": .string($0.1)] }),
                            "headersTruncated": false, "messageId": .string(TestValues.id(1)),
                        ],
                        "receipt": [
                            "recipients": [.string(address)], "timestamp": .string(TestValues.preciseTime),
                            "spamVerdict": pass, "virusVerdict": pass, "spfVerdict": pass, "dkimVerdict": pass,
                            "dmarcVerdict": pass, "dmarcPolicy": "reject", "processingTimeMillis": 100,
                            "action": [
                                "type": "Lambda", "invocationType": "Event",
                                "functionArn": .string(TestValues.arn("lambda", "function:test")),
                            ],
                        ],
                    ],
                ]
            ]
        ])
    }
}
