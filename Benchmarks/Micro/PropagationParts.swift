import SessionTracing
import TriggerContext

/// Writes the context of a call to another service into its headers.
struct InjectPart: Part {
    let name = "inject"
    let batchCount = 500
    private let fixture = Fixture()

    func run(_ count: Int) async {
        for _ in 0..<count {
            var headers = ["content-type": "application/json"]
            fixture.tracer.injectContext(into: &headers)
            consume(headers)
        }
    }
}

/// Extracts the caller's context from an event of API Gateway.
struct ExtractPart: Part {
    let name = "extract"
    let batchCount = 500
    private let event = Array(
        """
        {"version":"2.0","routeKey":"POST /ask","rawPath":"/ask","rawQueryString":"","headers":{"accept":"*/*",\
        "baggage":"session_id=3f0e8c7e-0c6b-4a55-9d0e-5d5f7d3d2a10,project=demo,source=dev",\
        "content-type":"application/json","host":"abc.execute-api.eu-central-1.amazonaws.com",\
        "traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","user-agent":"curl/8.5.0",\
        "x-forwarded-for":"203.0.113.7","x-forwarded-port":"443","x-forwarded-proto":"https"},\
        "requestContext":{"accountId":"123456789012","apiId":"abc","domainName":"abc.execute-api.amazonaws.com",\
        "http":{"method":"POST","path":"/ask","protocol":"HTTP/1.1","sourceIp":"203.0.113.7","userAgent":"curl"},\
        "requestId":"JKJaXmPLvHcESHA=","routeKey":"POST /ask","stage":"$default","timeEpoch":1583348638390},\
        "body":"{\\"question\\":\\"Where does my session go?\\",\\"limit\\":3}","isBase64Encoded":false}
        """.utf8
    )

    func run(_ count: Int) async {
        for _ in 0..<count { consume(TriggerContext.extract(event: event)) }
    }
}
