import ArgumentParser
import OTLP

/// `traced-lambda prices`: prints the built-in prices of models.
struct PricesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prices",
        abstract: "Print the prices of models with which costs are estimated.",
        discussion: """
            One JSON object: for each model the US dollars per million tokens of 'input', 'output' and, where it differs, \
            'cached' input. A name also covers names with a date or version after it. Prices change: keep a copy, correct \
            it, and give it to 'dev' or 'collect' with --prices.

            Example: traced-lambda prices > prices.json
            """
    )

    func run() {
        TextFiles.writeOutput(String(decoding: PriceTable.builtInText, as: UTF8.self))
    }
}
