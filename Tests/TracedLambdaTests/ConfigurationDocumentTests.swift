import Foundation
import Testing
import WireText

@testable import CurlTransport
@testable import HTTPCalls
@testable import SessionTracing
@testable import SettingsDocument
@testable import SpanExport
@testable import SpanJournal
@testable import TracedLambda
@testable import TracedLambdaModels
@testable import TriggerContext

@Suite("docs/configuration.md")
struct ConfigurationDocumentTests {
    @Test("Its table of variables is the one that the declarations make; ./build.sh docs writes it")
    func variables() throws {
        #expect(try ConfigurationDocument(table: "Variable").lines == SettingsTable.lines)
    }

    @Test("Every variable has a meaning, and is read in the targets that the table names and in no other")
    func readers() throws {
        let targets = [
            "CurlTransport", "SessionTracing", "TriggerContext", "SpanExport", "HTTPCalls", "TracedLambda",
            "TracedLambdaModels",
        ]
        let sources = try Dictionary(uniqueKeysWithValues: targets.map { ($0, try source(of: $0)) })
        for variable in EnvironmentVariable.allCases where variable.declaration.reader != "libcurl" {
            #expect(!variable.declaration.meaning.isEmpty)
            let readers = targets.filter { sources[$0]?.contains("\(variable)") == true }
            let documented = variable.declaration.reader.split(separator: ",").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            #expect(documented.sorted() == readers.sorted(), "\(variable.rawValue)")
        }
    }

    @Test("The defaults that it tells are the code's")
    func defaults() throws {
        let defaults = try Self.defaults
        for variable in EnvironmentVariable.allCases {
            #expect(variable.declaration.fallback == defaults[variable], "\(variable.rawValue)")
        }
    }

    @Test("The limits that it tells are the code's, all of them that it names")
    func limits() throws {
        let rows = try ConfigurationDocument(table: "Limit").rows
        #expect(Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) }) == Self.limits)
    }

    /// The code's defaults, in the notation of the variables.
    private static var defaults: [EnvironmentVariable: String] {
        get throws {
            let function = EnvironmentVariable.functionName.rawValue
            let honeyHive = try #require(try destination([.apiKey: "k"]))
            let collector = try #require(try destination([.endpoint: "http://c"]))
            let collectorProtocol = collector.format == .protobuf ? "http/protobuf" : "http/json"
            let compression = collector.compression.rawValue
            let timeout = String(Int(collector.requestTimeout / .milliseconds(1)))
            let settings = FunctionSettings(TracingConfiguration(), [.functionName: "f"])
            let log = settings.log
            var reader = SettingsReader([.functionName: "f"])
            let resource = ResourceAttributes.make(&reader, version: "", redaction: .standard)
            let sampler = try #require(
                ["always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off"]
                    .first { Sampler(name: $0, ratio: 1) == settings.policy.sampler }
            )
            let propagators = try #require(
                ["tracecontext", "baggage", "none", "tracecontext,baggage"]
                    .first { Propagators(names: $0) == settings.policy.propagators }
            )
            let defaultSampler = FunctionSettings(TracingConfiguration(), [.sampler: "traceidratio"]).policy.sampler
            let ratio = try #require(["0", "0.5", "1"].first { .traceIDRatio(Double($0) ?? -1) == defaultSampler })
            return [
                .maximumConcurrency: String(settings.workerCount),
                .logFormat: log.format == .text ? "Text" : "JSON",
                .logLevel: log.level.lambdaName,
                .apiURL: ExportDestination.honeyHiveURL,
                .source: settings.source,
                .modelURL: ChatModel.defaultURL,
                .sessionName: settings.sessionName == "f" ? function : settings.sessionName,
                .sessionStart: String(settings.startsSession),
                .testMode: "false",
                .otlpEnabled: "true",
                .disableTracing: "false",
                .capturePayload: String(settings.capturesPayload),
                .otlpProtocol: honeyHive.format == .honeyHiveJSON ? "http/json" : "http/protobuf",
                .tracesTimeout: timeout,
                .timeout: timeout,
                .tracesCompression: compression,
                .compression: compression,
                .tracesProtocol: collectorProtocol,
                .exporterProtocol: collectorProtocol,
                .serviceName: resource["service.name"] == .string("f") ? function : "",
                .sdkDisabled: "false",
                .tracesExporter: "otlp",
                .propagators: propagators,
                .sampler: sampler,
                .samplerArgument: ratio,
                .spanAttributeValueLengthLimit: String(settings.policy.limits.valueBytes),
                .attributeValueLengthLimit: String(settings.policy.limits.valueBytes),
                .spanAttributeCountLimit: String(settings.policy.limits.attributeCount),
                .attributeCountLimit: String(settings.policy.limits.attributeCount),
                .spanEventCountLimit: String(settings.policy.limits.eventCount),
                .spanLinkCountLimit: String(settings.policy.limits.linkCount),
                .flushBudget: String(Int(settings.flushBudget / .milliseconds(1))),
                .flushTiming: settings.flushTiming.rawValue,
                .journal: String(settings.keepsJournal),
                .terminationSignal: String(settings.listensForTermination),
                .deadlineMargin: String(Int(settings.deadlineMargin / .milliseconds(1))),
            ]
        }
    }

    private static let kibibyte = 1_024
    private static let mebibyte = 1_024 * 1_024

    private static var limits: [String: String] {
        let baggage = "\(Baggage.maximumItems), \(grouped(Baggage.maximumBytes)) bytes"
        let eventKibibytes = RuntimeRequests.maximumEventBytes % mebibyte / kibibyte
        let reference = (FunctionReference.maximumBytes, FunctionReference.maximumQualifierBytes)
        return [
            "`SpanBuffer.maximumBytes`": "\(SpanBuffer.maximumBytes / mebibyte) MiB",
            "`SpanBuffer.maximumRequestCount`": grouped(SpanBuffer.maximumRequestCount),
            "`InitSpans.maximumCount`": grouped(InitSpans.maximumCount),
            "`InvocationContext.maximumInvokeBytes`": "\(InvocationContext.maximumInvokeBytes / mebibyte) MiB",
            "`InvocationContext.maximumEventBytes`": "\(InvocationContext.maximumEventBytes / mebibyte) MiB",
            "`FunctionReference.maximumBytes`, `.maximumQualifierBytes`": "\(reference.0), \(reference.1) bytes",
            "`TracePayload.maximumClientContextBytes`": "\(grouped(TracePayload.maximumClientContextBytes)) bytes",
            "`ChatModel.maximumResponseBytes`": "\(ChatModel.maximumResponseBytes / mebibyte) MiB",
            "`ChatModel.retryDelayMilliseconds`": "\(ChatModel.retryDelayMilliseconds) ms",
            "`ModelKey.readTimeoutMilliseconds`": "\(grouped(ModelKey.readTimeoutMilliseconds)) ms",
            "`ChatTurn.maximumToolCallCount`": "\(ChatTurn.maximumToolCallCount)",
            "`ChatTurn.maximumChoiceCount`": "\(ChatTurn.maximumChoiceCount)",
            "`ChatTool.maximumNameBytes`": "\(ChatTool.maximumNameBytes) bytes",
            "`SchemaNode.maximumDepth`": "\(SchemaNode.maximumDepth)",
            "`HTTPSpanExporter.maximumAttemptCount`": "\(HTTPSpanExporter<CurlHandle>.maximumAttemptCount)",
            "`SpanDelivery.probeTimeoutMilliseconds`": "\(SpanDelivery.probeTimeoutMilliseconds) ms",
            "`LambdaRuntime.maximumInitialisationSeconds`": "\(LambdaRuntime.maximumInitialisationSeconds) s",
            "`PayloadCapture.maximumBytes`": "\(PayloadCapture.maximumBytes / kibibyte) KiB",
            "`NamedValue.maximumNameBytes`": "\(NamedValue.maximumNameBytes) bytes",
            "`NamedValue.maximumSpaceCount`": "\(NamedValue.maximumSpaceCount)",
            "`NamedValue.maximumLogProbabilityDistance`": "\(NamedValue.maximumLogProbabilityDistance) bytes",
            "`InvocationTrace.maximumOpenSpanCount`": grouped(InvocationTrace.maximumOpenSpanCount),
            "`InvocationTrace.maximumEnrichedSessionCount`": grouped(InvocationTrace.maximumEnrichedSessionCount),
            "`FunctionProcess.lossReportDelayMilliseconds`": "\(FunctionProcess.lossReportDelayMilliseconds) ms",
            "`SpanBuffer.maximumSpareBytes`": "\(SpanBuffer.maximumSpareBytes / mebibyte) MiB",
            "`SpanBuffer.maximumBatchBytes`": "\(grouped(SpanBuffer.maximumBatchBytes)) bytes",
            "`SpanRecord.minimumCutBytes`": "\(SpanRecord.minimumCutBytes) bytes",
            "`PartialSuccess.maximumMessageBytes`": "\(grouped(PartialSuccess.maximumMessageBytes)) bytes",
            "`AttributeList.maximumDepth`": "\(AttributeList.maximumDepth) levels",
            "`AttributeValue.maximumJSONDepth`": "\(AttributeValue.maximumJSONDepth) levels",
            "`Baggage.maximumItems`, `.maximumBytes`": baggage,
            "`TraceContext.maximumTraceStateBytes`": "\(grouped(TraceContext.maximumTraceStateBytes)) bytes",
            "`TriggerContext.maximumRecordCount`": grouped(TriggerContext.maximumRecordCount),
            "`MessageFields.maximumHeaderCount`": grouped(MessageFields.maximumHeaderCount),
            "`EventReader.maximumEnvelopeCount`": "\(EventReader.maximumEnvelopeCount)",
            "`JSONText.maximumDecodedBytes`": "\(JSONText.maximumDecodedBytes / kibibyte) KiB",
            "`FieldForm.maximumHeaderBytes`": "\(FieldForm.maximumHeaderBytes / kibibyte) KiB",
            "`SessionPath.maximumStepCount`": "\(SessionPath.maximumStepCount)",
            "`XRayTraceHeader.maximumBytes`": "\(grouped(XRayTraceHeader.maximumBytes)) bytes",
            "`RuntimeRequests.maximumEventBytes`":
                "\(RuntimeRequests.maximumEventBytes / mebibyte) MiB + \(eventKibibytes) KiB",
            "`RuntimeRequests.postTimeoutSeconds`": "\(RuntimeRequests.postTimeoutSeconds) s",
            "`HTTPRequest.defaultConnectTimeout`": "\(Int(HTTPRequest.defaultConnectTimeout / .seconds(1))) s",
            "`RuntimeLoop.maximumPollRetryCount`": "\(RuntimeLoop.maximumPollRetryCount)",
            "`ErrorReport.maximumMessageBytes`": "\(ErrorReport.maximumMessageBytes / kibibyte) KiB",
            "`UnfitNumber.maximumBytes`": "\(UnfitNumber.maximumBytes / kibibyte) KiB",
            "`ProblemLog.intervalSeconds`": "\(ProblemLog.intervalSeconds) s",
            "`ProblemLog.maximumCauseCount`": "\(ProblemLog.maximumCauseCount)",
            "`StandardOutput.lineBufferBytes`": "\(StandardOutput.lineBufferBytes / kibibyte) KiB",
            "`LogLine.maximumMessageBytes`": "\(LogLine.maximumMessageBytes / kibibyte) KiB",
            "`SecretRequests.budgetMilliseconds`": "\(grouped(SecretRequests.budgetMilliseconds)) ms",
            "`StoredKeyReading.timeoutSeconds`": "\(StoredKeyReading.timeoutSeconds) s",
            "`SecretRequests.attemptTimeoutMilliseconds`": "\(grouped(SecretRequests.attemptTimeoutMilliseconds)) ms",
            "`SecretRequests.maximumAttemptCount`": "\(SecretRequests.maximumAttemptCount)",
            "`SecretRequests.minimumIntervalSeconds`": "\(SecretRequests.minimumIntervalSeconds) s",
            "`SecretReference.maximumBytes`": "\(SecretReference.maximumBytes / kibibyte) KiB",
            "`StoredKey.maximumResponseBytes`": "\(StoredKey.maximumResponseBytes / kibibyte) KiB",
            "`JournalDirectory.maximumBytes`": "\(JournalDirectory.maximumBytes / mebibyte) MiB",
            "`JournalFile.maximumBytes`": "\(JournalFile.maximumBytes / mebibyte) MiB",
            "`CrashJournal.truncationBytes`": "\(CrashJournal.truncationBytes / kibibyte) KiB",
            "`CrashJournal.compactionBytes`": "\(CrashJournal.compactionBytes / mebibyte) MiB",
            "`CrashJournal.checkIntervalMilliseconds`": "\(CrashJournal.checkIntervalMilliseconds) ms",
            "`JournalRecord.maximumBytes`": "\(JournalRecord.maximumBytes / mebibyte) MiB",
            "`JournalRecord.maximumAttributeCount`": grouped(JournalRecord.maximumAttributeCount),
            "`JournalDirectory.maximumFileCount`": grouped(JournalDirectory.maximumFileCount),
            "`JournalRecovery.maximumAttemptCount`": "\(JournalRecovery.maximumAttemptCount)",
            "`JournalRecovery.maximumCountAttemptCount`": "\(JournalRecovery.maximumCountAttemptCount)",
            "`JournalRecovery.stepMilliseconds`": "\(JournalRecovery.stepMilliseconds) ms",
            "`JournalRecovery.maximumBufferedBytes`": "\(JournalRecovery.maximumBufferedBytes / mebibyte) MiB",
            "`JournalRecovery.maximumSpanCount`": grouped(JournalRecovery.maximumSpanCount),
            "`JournalRecovery.maximumFinishedCount`": "\(JournalRecovery.maximumFinishedCount)",
            "`JournalRecovery.maximumInUseStepCount`": "\(JournalRecovery.maximumInUseStepCount)",
            "`JournalRecovery.maximumAgeSeconds`": "\(grouped(JournalRecovery.maximumAgeSeconds)) s",
            "`BatchLimits.maximumConcurrency`": "\(BatchLimits.maximumConcurrency)",
            "`ExporterPool.maximumConnectionCount`": "\(ExporterPool<CurlHandle>.maximumConnectionCount)",
            "`ExporterPool.maximumParallelCount`": "\(ExporterPool<CurlHandle>.maximumParallelCount)",
            "`DeadlineMonitor.earlyExportDelayMilliseconds`": "\(DeadlineMonitor.earlyExportDelayMilliseconds) ms",
            "`DeadlineMonitor.earlyExportRetrySeconds`": "\(DeadlineMonitor.earlyExportRetrySeconds) s",
            "`ResponseLimit.maximumBytes`": "\(grouped(ResponseLimit.maximumBytes)) bytes",
            "`ResponseStream.maximumResponseBytes`": "\(ResponseStream.maximumResponseBytes / mebibyte) MiB",
            "`ResponseStream.maximumUnsentBytes`": "\(ResponseStream.maximumUnsentBytes / kibibyte) KiB",
            "`SpanBuffer.earlyExportBytes`": "\(SpanBuffer.earlyExportBytes / mebibyte) MiB",
            "`HTTPSpanExporter.maximumIdleSeconds`": "\(HTTPSpanExporter<CurlHandle>.maximumIdleSeconds) s",
            "`CircuitBreaker.failureThreshold`": "\(CircuitBreaker.failureThreshold)",
            "`CircuitBreaker.probeGraceSeconds`": "\(CircuitBreaker.probeGraceSeconds) s",
            "`CircuitBreaker.firstPauseSeconds`, `.maximumPauseSeconds`":
                "\(CircuitBreaker.firstPauseSeconds) s, \(CircuitBreaker.maximumPauseSeconds) s",
            "`DeadlineSchedule.preparationDelayMilliseconds`": "\(DeadlineSchedule.preparationDelayMilliseconds) ms",
            "`Worker.answerGraceSeconds`": "\(Worker.answerGraceSeconds) s",
            "`DeadlineSchedule.overrunGraceSeconds`": "\(DeadlineSchedule.overrunGraceSeconds) s",
            "`ShutdownListener.graceMilliseconds`": "\(ShutdownListener.graceMilliseconds) ms",
            "`HTTPClient.Configuration.defaultTimeoutSeconds`": "\(HTTPClient.Configuration.defaultTimeoutSeconds) s",
            "`HTTPClient.Configuration.defaultConnectTimeoutSeconds`":
                "\(HTTPClient.Configuration.defaultConnectTimeoutSeconds) s",
            "`HTTPClient.Configuration.defaultMaximumResponseBytes`":
                "\(HTTPClient.Configuration.defaultMaximumResponseBytes / mebibyte) MiB",
            "`HTTPClient.Redirects.maximumCountLimit`": "\(HTTPClient.Redirects.maximumCountLimit)",
            "`HTTPClient.Retries.maximumCountLimit`": "\(HTTPClient.Retries.maximumCountLimit)",
            "`Call.maximumSeconds`": "\(grouped(Call.maximumSeconds)) s",
            "`Call.maximumDiscardedBytes`": "\(Call.maximumDiscardedBytes / kibibyte) KiB",
            "`Payload.maximumBytes`": "\(Payload.maximumBytes / kibibyte) KiB",
            "`EventStreamParser.maximumEventBytes`": "\(EventStreamParser.maximumEventBytes / mebibyte) MiB",
            "`CurlURL.maximumBytes`": "\(CurlURL.maximumBytes / kibibyte) KiB",
            "`TrustedServers.maximumCount`": "\(TrustedServers.maximumCount)",
            "`TransferEngine.maximumConnectionCount`": "\(TransferEngine.maximumConnectionCount)",
            "`TransferEngine.maximumIdleConnectionCount`": "\(TransferEngine.maximumIdleConnectionCount)",
            "`TransferEngine.maximumIdleSeconds`": "\(TransferEngine.maximumIdleSeconds) s",
            "`EngineTransfer.maximumUnreadBytes`": "\(EngineTransfer.maximumUnreadBytes / kibibyte) KiB",
            "`EngineTransfer.maximumUnsentBytes`": "\(EngineTransfer.maximumUnsentBytes / kibibyte) KiB",
            "`HeadReader.maximumBytes`": "\(HeadReader.maximumBytes / kibibyte) KiB",
            "`RetryAfter.maximumSeconds`": "\(grouped(RetryAfter.maximumSeconds)) s",
            "`ExportDestination.automaticCompressionBytes`":
                "\(ExportDestination.automaticCompressionBytes / kibibyte) KiB",
            "`ExportDestination.automaticCompressionMebibytes`":
                "\(grouped(ExportDestination.automaticCompressionMebibytes)) MiB",
            "`RuntimeRequests.maximumResponseBytes`": "\(RuntimeRequests.maximumResponseBytes / kibibyte) KiB",
            "`RuntimeLoop.firstPollRetryDelayMilliseconds`": "\(RuntimeLoop.firstPollRetryDelayMilliseconds) ms",
            "`Invocation.maximumRequestIDBytes`": "\(Invocation.maximumRequestIDBytes) bytes",
            "`InvocationDeadline.maximumMilliseconds`": "\(grouped(Int(InvocationDeadline.maximumMilliseconds))) ms",
            "`ErrorReport.maximumTypeBytes`": "\(ErrorReport.maximumTypeBytes) bytes",
            "`ErrorReport.maximumCauseMessageBytes`": "\(ErrorReport.maximumCauseMessageBytes / kibibyte) KiB",
            "`HTTPEndpoint.maximumBytes`": "\(grouped(HTTPEndpoint.maximumBytes)) bytes",
            "`HTTPSpanExporter.maximumResponseBytes`":
                "\(HTTPSpanExporter<CurlHandle>.maximumResponseBytes / kibibyte) KiB",
            "`HTTPSpanExporter.minimumAttemptMilliseconds`":
                "\(HTTPSpanExporter<CurlHandle>.minimumAttemptMilliseconds) ms",
            "`HTTPSpanExporter.firstRetryDelayMilliseconds`":
                "\(HTTPSpanExporter<CurlHandle>.firstRetryDelayMilliseconds) ms",
            "`SecretRequests.firstRetryDelayMilliseconds`": "\(SecretRequests.firstRetryDelayMilliseconds) ms",
            "`TransferLoop.maximumIdleHandleCount`": "\(TransferLoop.maximumIdleHandleCount)",
            "`JournalDirectory.maximumCreationCount`": "\(JournalDirectory.maximumCreationCount)",
            "`ShutdownListener.registrationTimeoutSeconds`": "\(ShutdownListener.registrationTimeoutSeconds) s",
            "`ShutdownListener.maximumResponseBytes`": "\(ShutdownListener.maximumResponseBytes / kibibyte) KiB",
            "`CollectorHealth.maximumBackoffSeconds`": "\(CollectorHealth.maximumBackoffSeconds) s",
        ]
    }

    /// Formats a number with thousands separators.
    private static func grouped(_ number: Int) -> String {
        number < 1_000 ? "\(number)" : "\(grouped(number / 1_000)),\(String(number % 1_000 + 1_000).dropFirst())"
    }

    private static func destination(_ environment: Environment) throws -> ExportDestination? {
        var reader = SettingsReader(environment)
        return try ExportDestination.resolve(&reader, overrides: ExportOverrides(), source: "dev", version: "")
    }

    /// Returns the variables used by a target's sources, as in `environment[.project]`.
    private func source(of target: String) throws -> Set<String> {
        let directory = ConfigurationDocument.sources.appending(path: target)
        let files = FileManager.default.enumerator(at: directory, includingPropertiesForKeys: nil)
        var names: Set<String> = []
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift", file.lastPathComponent != "EnvironmentVariable.swift" else { continue }
            let text = try String(contentsOf: file, encoding: .utf8)
            // A variable's case is in brackets or parentheses, or between commas, where the variable is read.
            for match in text.matches(of: /[\[(,]\s*\.([A-Za-z]+)(?=\s*[\]),])/) { names.insert(String(match.1)) }
        }
        return names
    }
}
