import ArgumentParser
import DevServer
import FoundationEssentials
import HTTPTypes
import LoopbackHTTP
import NIOPosix
import WireJSON

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
    private struct Finding {
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
        let findings = [
            await toolchain(), await debianPackages(), await portFinding(), Self.checkout(), await awsTool(),
            await key(),
        ]
        TextFiles.writeOutput(json ? Self.json(findings) : Self.text(findings))
        if findings.contains(where: { !$0.isGood && $0.isNeeded }) { throw ExitCode.failure }
    }

    private func toolchain() async -> Finding {
        let run = try? await ToolRun(["swift", "--version"])
        let words = (run?.output ?? "").split(separator: " ")
        let version = words.firstIndex(of: "version").flatMap { words.dropFirst($0 + 1).first } ?? ""
        let numbers = version.split(separator: ".").compactMap { Int($0) }
        let isGood = (numbers.first ?? 0, numbers.dropFirst().first ?? 0) >= Self.swiftVersion
        let need =
            "Swift \(Self.swiftVersion.major).\(Self.swiftVersion.minor) or later is needed (https://www.swift.org/install)"
        return Finding(
            subject: "Swift",
            isGood: isGood,
            isNeeded: true,
            text: isGood ? "Swift \(version)" : need
        )
    }

    private func debianPackages() async -> Finding {
        let query = ["dpkg-query", "-W", "-f=${Package} ${db:Status-Status}\n"]
        guard let run = try? await ToolRun(query + Self.packages) else {
            return Finding(subject: "Packages", isGood: false, isNeeded: false, text: "this is no Debian machine")
        }
        let installed = Set(
            run.output.split(separator: "\n").filter { $0.hasSuffix(" installed") }.map { String($0.dropLast(10)) }
        )
        let missing = Self.packages.filter { !installed.contains($0) }
        let text = missing.isEmpty ? "all there" : "missing; as root: apt-get install \(missing.joined(separator: " "))"
        return Finding(subject: "Packages", isGood: missing.isEmpty, isNeeded: true, text: text)
    }

    private func portFinding() async -> Finding {
        let isOurs: Bool
        do {
            isOurs = try await LoopbackClient.send(.get, port: port, path: "/api/sessions").head.status == .ok
        } catch is NIOConnectionError {
            return Finding(subject: "Port", isGood: true, isNeeded: true, text: "\(port): free")
        } catch {
            isOurs = false
        }
        let owner = PortOwner.find(port: port).map(\.description) ?? "another program"
        let problem = "in use by \(owner); end it, or choose another port with --port"
        let text = isOurs ? "the workbench is running" : problem
        return Finding(subject: "Port", isGood: isOurs, isNeeded: true, text: "\(port): \(text)")
    }

    private static func checkout() -> Finding {
        let folder = Checkout.folder
        let text = folder ?? "not near this program: new needs --local, and package cannot work"
        return Finding(subject: "Checkout", isGood: folder != nil, isNeeded: false, text: text)
    }

    private func awsTool() async -> Finding {
        let run = try? await ToolRun(["aws", "--version"])
        let version = ((run?.output ?? "") + (run?.errors ?? "")).split(separator: " ").first.map(String.init)
        return Finding(
            subject: "aws",
            isGood: run?.succeeded == true,
            isNeeded: false,
            text: version ?? "not there: deploy needs AWS's command line"
        )
    }

    private func key() async -> Finding {
        let result = await KeyCheck(environment: ProcessInfo.processInfo.environment).result()
        // A key that was refused loses every trace; without one, or without a network, everything here still works.
        return Finding(
            subject: "Key",
            isGood: result.isAccepted == true,
            isNeeded: result.isAccepted == false,
            text: result.text
        )
    }

    private static func json(_ findings: [Finding]) -> String {
        let list = findings.map { finding -> JSONValue in
            [
                "subject": .string(finding.subject), "good": .bool(finding.isGood), "needed": .bool(finding.isNeeded),
                "text": .string(finding.text),
            ]
        }
        return JSONValue.object(["findings": .array(list)]).text + "\n"
    }

    private static func text(_ findings: [Finding]) -> String {
        findings.map { finding in
            let mark = finding.isGood ? "✓" : finding.isNeeded ? "✗" : "–"
            let space = String(repeating: " ", count: max(1, 11 - finding.subject.count))
            return "\(mark) \(finding.subject)\(space)\(finding.text)\n"
        }.joined()
    }
}
