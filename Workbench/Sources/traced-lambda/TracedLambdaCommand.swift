import ArgumentParser

/// The root command of the workbench.
@main
struct TracedLambdaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "traced-lambda",
        abstract: "Runs AWS Lambda functions on this machine and shows what they trace.",
        subcommands: [
            NewCommand.self, DevCommand.self, InvokeCommand.self, RunCommand.self, CollectCommand.self,
            SessionsCommand.self, ShowCommand.self, PackageCommand.self, DeployCommand.self, DoctorCommand.self,
        ]
    )
}
