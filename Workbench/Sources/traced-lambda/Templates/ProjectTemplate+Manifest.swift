extension ProjectTemplate {
    static let manifest = """
        // swift-tools-version: 6.2

        import PackageDescription

        let package = Package(
            name: "{{NAME}}",
            products: [.executable(name: "{{TYPE}}", targets: ["{{TYPE}}"])],
            dependencies: [
                {{DEPENDENCY}}
            ],
            targets: [
                .executableTarget(
                    name: "{{TYPE}}",
                    dependencies: [.product(name: "TracedLambda", package: "{{FRAMEWORK}}")]
                ),
                .testTarget(
                    name: "{{TYPE}}Tests",
                    dependencies: [
                        "{{TYPE}}",
                        .product(name: "TracedLambda", package: "{{FRAMEWORK}}"),
                        .product(name: "TracedLambdaTesting", package: "{{FRAMEWORK}}"),
                    ]
                ),
            ]
        )

        """

    /// The package's README.
    ///
    /// - Parameter data: The options of an example invocation.
    static func readme(data: String) -> String {
        """
        # {{NAME}}

        A function for AWS Lambda whose every invocation is traced to HoneyHive.

        ```sh
        swift test
        traced-lambda dev                 # serves it here, rebuilds it when a source changes, shows its traces
        traced-lambda invoke {{TYPE}} \(data)
        traced-lambda package {{TYPE}}    # .build/lambda/{{TYPE}}/{{TYPE}}.zip
        traced-lambda deploy {{TYPE}} --role ROLE_ARN
        ```

        `template.yaml` deploys it with SAM, and keeps the API key in Secrets Manager.

        """
    }

    /// The SAM template (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/).
    ///
    /// - Parameter events: The property of the function that declares its trigger.
    static func deployment(events: String, queue: String) -> String {
        """
        AWSTemplateFormatVersion: "2010-09-09"
        Transform: AWS::Serverless-2016-10-31
        Description: >-
          {{NAME}}, traced to HoneyHive. First traced-lambda package {{TYPE}}, then sam deploy --guided.

        Parameters:
          HoneyHiveApiKeySecret:
            Type: String
            AllowedPattern: ^arn:aws[a-z-]*:secretsmanager:[^:]+:[^:]+:secret:[^:]+$
            Description: The ARN of a Secrets Manager secret whose text is the API key of the HoneyHive project
          HoneyHiveProject:
            Type: String
            MinLength: 1
            Description: The name of the HoneyHive project

        Resources:
          {{TYPE}}:
            Type: AWS::Serverless::Function
            Properties:
              CodeUri: .build/lambda/{{TYPE}}/{{TYPE}}.zip
              Handler: bootstrap
              Runtime: provided.al2023
              Architectures:
                - x86_64
              MemorySize: 256
              Timeout: 15
              LoggingConfig:
                LogFormat: JSON
                ApplicationLogLevel: INFO
                SystemLogLevel: WARN
              Environment:
                Variables:
                  HH_API_KEY: !Ref HoneyHiveApiKeySecret
                  HH_PROJECT: !Ref HoneyHiveProject
              Policies:
                - AWSSecretsManagerGetSecretValuePolicy:
                    SecretArn: !Ref HoneyHiveApiKeySecret
        \(events)\(queue)
        Outputs:
          FunctionArn:
            Description: For those who invoke it
            Value: !GetAtt {{TYPE}}.Arn

        """
    }

    var events: String {
        switch self {
        case .session: ""
        case .api: Self.url(mode: "BUFFERED")
        case .streaming: Self.url(mode: "RESPONSE_STREAM")
        case .queue:
            """
                  Events:
                    Messages:
                      Type: SQS
                      Properties:
                        Queue: !GetAtt Messages.Arn
                        BatchSize: 10
                        # Without it Lambda takes every answer for a success, and failed messages are lost.
                        FunctionResponseTypes:
                          - ReportBatchItemFailures

            """
        }
    }

    private static func url(mode: String) -> String {
        """
              FunctionUrlConfig:
                # Callers sign their requests; NONE lets anybody in, at the owner's expense.
                AuthType: AWS_IAM
                InvokeMode: \(mode)

        """
    }

    var resources: String {
        guard self == .queue else { return "" }
        return """

              Messages:
                Type: AWS::SQS::Queue
                Properties:
                  # Six times the function's timeout, as AWS advises, so that no message comes again while it is handled.
                  VisibilityTimeout: 90
                  RedrivePolicy:
                    deadLetterTargetArn: !GetAtt FailedMessages.Arn
                    maxReceiveCount: 3

              FailedMessages:
                Type: AWS::SQS::Queue
                Properties:
                  MessageRetentionPeriod: 1209600

            """
    }
}
