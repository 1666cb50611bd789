import ArgumentParser
import Glibc

/// Parses the command line; prints the help, where that is asked for, and ends.
enum CommandLineInterface {
    /// - Throws: ``SettingError`` that names the flag, in one line.
    static func parse() throws(SettingError) -> Arguments {
        do {
            return try Arguments.parse()
        } catch {
            guard Arguments.exitCode(for: error) != .success else {
                print(Arguments.helpMessage(columns: 110))
                exit(0)
            }
            throw SettingError(description: Arguments.message(for: error) + " (--help lists the settings)")
        }
    }
}
