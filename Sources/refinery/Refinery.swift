import ArgumentParser
@main struct Refinery: AsyncParsableCommand { static let configuration = CommandConfiguration(commandName: "refinery") }
