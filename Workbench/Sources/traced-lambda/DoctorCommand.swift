import ArgumentParser
import FoundationEssentials
import HTTPTypes
import LocalLambda
import NIOPosix
import OTLP

/// `traced-lambda doctor`: checks this machine for the requirements of the other commands.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look whether this machine has what is needed.",
        discussion: """
            The exit status is 0 when all is there that is needed here, 1 otherwise. What is only good to have is told, and \
            does not count.
            """
    )

    /// The result of one check.
    private struct CheckResult {
        let subject: String
        let isGood: Bool
        let isNeeded: Bool
        let text: String
    }

    /// The oldest supported toolchain version.
    private static let swiftVersion = (major: 6, minor: 2)
    private static let packages = [
        "build-essential", "ca-certificates", "git", "libcurl4-openssl-dev", "libsqlite3-dev", "libssl-dev",
        "zlib1g-dev",
    ]

    @Option(help: "The port that `dev` is to have.")
    var port = LocalPort.standard

    @Flag(help: "Print one JSON object instead.")
    var json = false

    func run() async throws {
        let results = [
            await toolchain(), await debianPackages(), await portCheck(), Self.checkout(), await awsTool(),
            await key(),
        ]
        TextFiles.writeOutput(json ? Self.json(results) : Self.text(results))
        if results.contains(where: { !$0.isGood && $0.isNeeded }) { throw ExitCode.failure }
    }

    private func toolchain() async -> CheckResult {
        let run = try? await ToolRun(["swift", "--version"])
        let words = (run?.output ?? "").split(separator: " ")
        let version = words.firstIndex(of: "version").flatMap { words.dropFirst($0 + 1).first } ?? ""
        let numbers = version.split(separator: ".").compactMap { Int($0) }
        let isGood = (numbers.first ?? 0, numbers.dropFirst().first ?? 0) >= Self.swiftVersion
        let need =
            "Swift \(Self.swiftVersion.major).\(Self.swiftVersion.minor) or later is needed (https://www.swift.org/install)"
        return CheckResult(
            subject: "Swift",
            isGood: isGood,
            isNeeded: true,
            text: isGood ? "Swift \(version)" : need
        )
    }

    private func debianPackages() async -> CheckResult {
        let query = ["dpkg-query", "-W", "-f=${Package} ${db:Status-Status}\n"]
        guard let run = try? await ToolRun(query + Self.packages) else {
            return CheckResult(subject: "Packages", isGood: false, isNeeded: false, text: "this is no Debian machine")
        }
        let installed = Set(
            run.output.split(separator: "\n").filter { $0.hasSuffix(" installed") }.map { String($0.dropLast(10)) }
        )
        let missing = Self.packages.filter { !installed.contains($0) }
        let text = missing.isEmpty ? "all there" : "missing; as root: apt-get install \(missing.joined(separator: " "))"
        return CheckResult(subject: "Packages", isGood: missing.isEmpty, isNeeded: true, text: text)
    }

    private func portCheck() async -> CheckResult {
        let isOurs: Bool
        do {
            isOurs = try await LoopbackClient.send(.get, port: port, path: "/api/sessions").head.status == .ok
        } catch is NIOConnectionError {
            return CheckResult(subject: "Port", isGood: true, isNeeded: true, text: "\(port): free")
        } catch {
            isOurs = false
        }
        let owner = PortOwner.find(port: port).map(\.description) ?? "another program"
        let problem = "in use by \(owner); end it, or choose another port with --port"
        let text = isOurs ? "the workbench is running" : problem
        return CheckResult(subject: "Port", isGood: isOurs, isNeeded: true, text: "\(port): \(text)")
    }

    private static func checkout() -> CheckResult {
        let folder = Checkout.folder
        let text = folder ?? "not near this program: new needs --local, and package cannot work"
        return CheckResult(subject: "Checkout", isGood: folder != nil, isNeeded: false, text: text)
    }

    private func awsTool() async -> CheckResult {
        let run = try? await ToolRun(["aws", "--version"])
        let version = ((run?.output ?? "") + (run?.errors ?? "")).split(separator: " ").first.map(String.init)
        return CheckResult(
            subject: "aws",
            isGood: run?.succeeded == true,
            isNeeded: false,
            text: version ?? "not there: deploy needs AWS's command line"
        )
    }

    private func key() async -> CheckResult {
        let result = await KeyCheck(environment: ProcessInfo.processInfo.environment).result()
        // A key that was refused loses every trace; without one, or without a network, everything here still works.
        return CheckResult(
            subject: "Key",
            isGood: result.isAccepted == true,
            isNeeded: result.isAccepted == false,
            text: result.text
        )
    }

    private static func json(_ results: [CheckResult]) -> String {
        let list = results.map { result -> JSONValue in
            [
                "subject": .string(result.subject), "good": .bool(result.isGood), "needed": .bool(result.isNeeded),
                "text": .string(result.text),
            ]
        }
        return JSONValue.object(["findings": .array(list)]).text + "\n"
    }

    private static func text(_ results: [CheckResult]) -> String {
        results.map { result in
            let mark = result.isGood ? "✓" : result.isNeeded ? "✗" : "–"
            let space = String(repeating: " ", count: max(1, 11 - result.subject.count))
            return "\(mark) \(result.subject)\(space)\(result.text)\n"
        }.joined()
    }
}
