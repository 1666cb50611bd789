import Testing

@testable import CounterServer

struct ProcessFiguresTests {
    private static let boot = "cpu 1 2 3\nbtime 1700000000\nprocesses 5\n"

    /// As proc_pid_stat(5) has it, from the name on: 14 and 15 are the times, 22 the start, 23 and 24 the memory.
    private static func stat(name: String) -> String {
        "42 (\(name)) S 1 2 3 4 5 6 7 8 9 10 250 50 13 14 15 16 17 18 3000 8192000 25 99 1 2 3\n"
    }

    @Test(arguments: ["counter-server", "a b", "a) S 1 (b"])
    func readsTheFieldsWhateverTheProgramIsCalled(name: String) throws {
        let figures = try #require(ProcessFigures(stat: Self.stat(name: name), boot: Self.boot))
        #expect(figures.processorSeconds == 3)
        #expect(figures.startTime == 1_700_000_030)
        #expect(figures.virtualBytes == 8_192_000)
        #expect(figures.residentBytes == 25 * 4096)
    }

    @Test
    func makesNothingUpWhereTheKernelSaysSomethingElse() {
        #expect(ProcessFigures(stat: "", boot: Self.boot) == nil)
        #expect(ProcessFigures(stat: "42 (a) S 1 2", boot: Self.boot) == nil)
        #expect(ProcessFigures(stat: Self.stat(name: "a"), boot: "cpu 1") == nil)
    }

    @Test
    func describesThisProcess() throws {
        let figures = try #require(ProcessFigures.read())
        #expect(figures.residentBytes > 1_000_000)
        #expect(figures.openDescriptors > 2)
    }
}
