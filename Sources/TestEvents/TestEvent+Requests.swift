internal import SessionTracing
internal import TriggerEvents
internal import WireText

/// Events of authorizers, AppSync, CloudFront and S3 Object Lambda, with a caller's data and context.
extension TestEvent {
    // MARK: Authorizers

    static func authorizer(_ trigger: TestTrigger, _ caller: TestCaller) throws(TestEventError) -> TestEvent {
        switch trigger {
        case .authorizer: return authorizer(restAPI(.get(headers: caller.headers)))
        case .httpAuthorizer: return httpAuthorizer(httpAPI(.get(headers: caller.headers)))
        case .appSyncAuthorizer: return appSyncAuthorizer(caller)
        case .iotAuthorizer: return iotAuthorizer(caller)
        default:
            try caller.requireNoContext(trigger)
            return TestEvent([
                "type": "TOKEN", "authorizationToken": .string(caller.message), "methodArn": .string(methodARN),
            ])
        }
    }

    private static var methodARN: String { TestValues.arn("execute-api", "\(TestValues.apiID)/test/GET/") }

    // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
    private static func authorizer(_ request: TestEvent) -> TestEvent {
        guard case .dictionary(var event) = request.value else { return request }
        event["body"] = nil
        event["isBase64Encoded"] = nil
        event["type"] = "REQUEST"
        event["methodArn"] = .string(methodARN)
        return TestEvent(.dictionary(event))
    }

    // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
    private static func httpAuthorizer(_ request: TestEvent) -> TestEvent {
        guard case .dictionary(var event) = request.value else { return request }
        event["isBase64Encoded"] = nil
        event["type"] = "REQUEST"
        event["routeArn"] = .string(methodARN)
        event["identitySource"] = ["test"]
        event["pathParameters"] = [:]
        event["stageVariables"] = [:]
        return TestEvent(.dictionary(event))
    }

    // https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization
    private static func appSyncAuthorizer(_ caller: TestCaller) -> TestEvent {
        TestEvent([
            "authorizationToken": "test",
            "requestContext": [
                "apiId": .string(TestValues.apiID), "accountId": .string(TestValues.account),
                "requestId": .string(TestValues.id(1)), "queryString": "query Test { test }", "operationName": "Test",
                "variables": .dictionary(caller.members),
            ],
            "requestHeaders": headers(caller),
        ])
    }

    // https://docs.aws.amazon.com/iot/latest/developerguide/custom-auth-lambda.html
    private static func iotAuthorizer(_ caller: TestCaller) -> TestEvent {
        TestEvent([
            "token": "test", "signatureVerified": true, "protocols": ["tls", "http", "mqtt"],
            "protocolData": [
                "tls": ["serverName": "test"],
                "http": ["headers": headers(caller), "queryString": "?test=1"],
                "mqtt": ["username": "test", "password": "dGVzdA==", "clientId": "test"],
            ],
            "connectionMetadata": ["id": .string(TestValues.id(1))],
        ])
    }

    private static func headers(_ caller: TestCaller) -> AttributeValue {
        .dictionary(Dictionary(caller.headers.map { ($0.name, .string($0.value)) }) { first, _ in first })
    }

    // MARK: AppSync

    static func appSync(_ trigger: TestTrigger, _ caller: TestCaller) throws(TestEventError) -> TestEvent {
        switch trigger {
        case .appSyncBatch: TestEvent([appSyncResolver(caller).value])
        case .appSyncTemplate:
            TestEvent([
                "version": "2017-02-28", "operation": "BatchInvoke", "payload": [["arguments": try caller.payload]],
            ])
        case .appSyncEvents: appSyncEvents(caller)
        default: appSyncResolver(caller)
        }
    }

    // https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference.html
    private static func appSyncResolver(_ caller: TestCaller) -> TestEvent {
        TestEvent([
            "arguments": caller.data,
            "identity": [
                "claims": ["sub": "test"], "defaultAuthStrategy": "ALLOW", "groups": nil, "issuer": "test",
                "sourceIp": [.string(TestValues.sourceIP)], "sub": "test", "username": "test",
            ],
            "source": nil, "request": ["headers": headers(caller), "domainName": nil], "prev": nil,
            "info": [
                "selectionSetList": ["test"], "selectionSetGraphQL": "{\n  test\n}", "parentTypeName": "Query",
                "fieldName": "test", "variables": [:],
            ],
            "stash": [:],
        ])
    }

    // https://docs.aws.amazon.com/appsync/latest/eventapi/runtime-supported-handlers.html
    private static func appSyncEvents(_ caller: TestCaller) -> TestEvent {
        TestEvent([
            "identity": nil, "result": nil, "request": ["headers": headers(caller), "domainName": nil],
            "info": [
                "channel": ["path": "/default/test", "segments": ["default", "test"]],
                "channelNamespace": ["name": "default"], "operation": "PUBLISH",
            ],
            "error": nil, "prev": nil, "stash": [:], "outErrors": [],
            "events": [["payload": caller.data, "id": .string(TestValues.id(1))]],
        ])
    }

    // MARK: CloudFront, S3 Object Lambda

    // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html
    static func cloudFront(_ caller: TestCaller) -> TestEvent {
        let domain = "test.cloudfront.net"
        let fields =
            [("Host", domain), ("User-Agent", TestValues.userAgent ?? "")] + caller.headers.map { ($0.name, $0.value) }
        let headers = fields.map { name, value -> (String, AttributeValue) in
            (name.lowercased(), [["key": .string(name), "value": .string(value)]])
        }
        return TestEvent([
            "Records": [
                [
                    "cf": [
                        "config": [
                            "distributionDomainName": .string(domain), "distributionId": "TEST",
                            "eventType": "viewer-request", "requestId": .string(TestValues.id(1)),
                        ],
                        "request": [
                            "body": [
                                "action": "read-only", "data": TestValues.base64(caller.json), "encoding": "base64",
                                "inputTruncated": false,
                            ],
                            "clientIp": .string(TestValues.sourceIP),
                            "headers": .dictionary(Dictionary(headers) { first, _ in first }), "method": "POST",
                            "querystring": "", "uri": "/",
                        ],
                    ]
                ]
            ]
        ])
    }

    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/olap-event-context.html
    static func objectLambda(_ caller: TestCaller) -> TestEvent {
        let host = "test-123456789012.s3-object-lambda.us-east-1.amazonaws.com"
        let fields = [("Host", host), ("Accept-Encoding", "identity")] + caller.headers.map { ($0.name, $0.value) }
        return TestEvent([
            "xAmzRequestId": .string(TestValues.id(1)),
            "getObjectContext": [
                "inputS3Url": "https://test-123456789012.s3-accesspoint.us-east-1.amazonaws.com/test",
                "outputRoute": "io-use1-001", "outputToken": "test",
            ],
            "configuration": [
                "accessPointArn": .string(TestValues.arn("s3-object-lambda", "accesspoint/test")),
                "supportingAccessPointArn": .string(TestValues.arn("s3", "accesspoint/test")),
                "payload": .string(caller.json),
            ],
            "userRequest": [
                "url": .string("https://\(host)/test"),
                "headers": .dictionary(Dictionary(fields.map { ($0.0, .string($0.1)) }) { first, _ in first }),
            ],
            "userIdentity": [
                "type": "IAMUser", "principalId": "test", "arn": "arn:aws:iam::123456789012:user/test",
                "accountId": .string(TestValues.account), "accessKeyId": "test",
            ],
            "protocolVersion": "1.00",
        ])
    }
}
