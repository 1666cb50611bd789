import Foundation
import Glibc
import Testing

@testable import Counter

/// The real calls, in a directory of their own that goes away with the test.
@Suite final class FileCallsTests {
    private let path: String
    private let directory: Int32
    private let calls = LinuxFileCalls()

    init() throws {
        var template = Array("\(NSTemporaryDirectory())/counter-XXXXXX".utf8CString)
        path = String(cString: try #require(mkdtemp(&template)))
        directory = try calls.open(path, O_RDONLY | O_DIRECTORY, mode: 0)
    }

    deinit {
        calls.close(directory)
        try? FileManager.default.removeItem(atPath: path)
    }

    private func make(_ name: String, _ content: String = "") throws -> Int32 {
        let descriptor = try calls.open("\(path)/\(name)", O_RDWR | O_CREAT, mode: 0o600)
        try calls.writeAll(descriptor, Array(content.utf8))
        return descriptor
    }

    private func content(_ name: String) -> String? {
        FileManager.default.contents(atPath: "\(path)/\(name)").map { String(decoding: $0, as: UTF8.self) }
    }

    private var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    private func code(_ body: () throws -> some Any) -> Int32? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? Errno)?.code
        }
    }

    @Test func whatIsWrittenIsReadUpToTheLimit() throws {
        let text = String(repeating: "0123456789", count: 500)
        calls.close(try make("a", text))
        for limit in [0, 1, 512, 4999, 5000, 9000] {
            let descriptor = try calls.open("\(path)/a", O_RDONLY, mode: 0)
            #expect(try calls.readAll(descriptor, limit: limit) == Array(text.utf8.prefix(limit)))
            calls.close(descriptor)
        }
    }

    @Test func aWriteBeginsAtTheStartEachTime() throws {
        let descriptor = try make("a", "12345")
        try calls.writeAll(descriptor, Array("ab".utf8))
        try calls.sync(descriptor)
        try calls.syncData(descriptor)
        try calls.sync(directory)
        calls.close(descriptor)
        #expect(content("a") == "ab345")
    }

    @Test func anExchangeSwapsWhatTwoNamesStandFor() throws {
        for name in ["a", "b"] { calls.close(try make(name, "was \(name)")) }
        try calls.exchange("a", "b", in: directory)
        #expect([content("a"), content("b")] == ["was b", "was a"])
        #expect(code { try calls.exchange("a", "c", in: directory) } == ENOENT)
    }

    @Test func aRenameReplacesAndAnUnlinkRemoves() throws {
        for name in ["a", "b"] { calls.close(try make(name, "was \(name)")) }
        try calls.rename("a", to: "b", in: directory)
        #expect(names == ["b"])
        #expect(content("b") == "was a")
        try calls.unlink("b", in: directory)
        #expect(names == [])
        #expect(code { try calls.unlink("b", in: directory) } == ENOENT)
        #expect(code { try calls.rename("b", to: "a", in: directory) } == ENOENT)
    }

    @Test func anErrorIsThrownWithItsNumber() throws {
        #expect(code { try calls.open("\(path)/none", O_RDONLY, mode: 0) } == ENOENT)
        calls.close(try make("a"))
        #expect(code { try calls.open("\(path)/a", O_RDWR | O_CREAT | O_EXCL, mode: 0o600) } == EEXIST)
        #expect(code { try calls.open("\(path)/a", O_RDONLY | O_DIRECTORY, mode: 0) } == ENOTDIR)
        #expect(code { try calls.readAll(directory, limit: 1) } == EISDIR)
        let full = try calls.open("/dev/full", O_RDWR, mode: 0)
        defer { calls.close(full) }
        #expect(code { try calls.writeAll(full, [1]) } == ENOSPC)
        #expect(Errno(ENOSPC).description == "No space left on device")
    }

    @Test func theStatusOfANameIsThatOfItsFile() throws {
        let descriptor = try make("a")
        defer { calls.close(descriptor) }
        try calls.setMode(descriptor, 0o640)
        let byName = try calls.status("a", in: directory)
        #expect(byName.st_mode & 0o777 == 0o640)
        #expect(byName.st_ino == (try calls.status(descriptor)).st_ino)
        #expect(code { try calls.status("none", in: directory) } == ENOENT)
    }

    @Test func noDescriptorIsLeftToAProgramThatIsStarted() throws {
        let descriptor = try make("a")
        defer { calls.close(descriptor) }
        #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
    }

    @Test func aLockIsForOneAtATime() throws {
        let (first, second) = (try make("lock"), try make("lock"))
        #expect(try calls.lock(first, wait: false))
        #expect(try !calls.lock(second, wait: false), "two hold it")
        calls.unlock(first)
        #expect(try calls.lock(second, wait: false), "nobody holds it")
        for descriptor in [first, second] { calls.close(descriptor) }
    }

    @Test func aWaitForALockOutlivesSignals() throws {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in }
        sigaction(SIGUSR2, &action, nil)
        let (first, second) = (try make("lock"), try make("lock"))
        #expect(try calls.lock(first, wait: true))
        let (waiting, done) = (Condition<pthread_t?>(nil), Condition<Bool?>(nil))
        Foundation.Thread.detachNewThread {
            waiting.withLock { $0 = pthread_self() }
            waiting.signal()
            let isTaken = try? LinuxFileCalls().lock(second, wait: true)
            done.withLock { $0 = isTaken ?? false }
            done.signal()
        }
        let thread = try #require(waiting.wait(upTo: 10, until: { $0 != nil }, then: { $0 }))
        for _ in 0..<20 {
            usleep(2000)
            pthread_kill(thread, SIGUSR2)
        }
        #expect(done.withLock { $0 } == nil, "the wait ended while the lock was held")
        calls.unlock(first)
        #expect(done.wait(upTo: 10, until: { $0 != nil }, then: { $0 }) == true)
        for descriptor in [first, second] { calls.close(descriptor) }
    }
}

extension FileCallsTests {
    private func store(_ mode: FileStore<LinuxFileCalls>.Mode) throws -> FileStore<LinuxFileCalls> {
        try FileStore(path: "\(path)/counter.json", mode: mode, calls: LinuxFileCalls())
    }

    @Test(arguments: [FileStore<LinuxFileCalls>.Mode.singleWriter, .shared])
    func aStoreOnARealDirectoryKeepsItsCountAndLeavesNothingElse(mode: FileStore<LinuxFileCalls>.Mode) throws
    {
        for round in 0..<3 as Range<Int64> {
            var store = try store(mode)
            #expect(try store.acquire())
            for step in 1...5 as ClosedRange<Int64> { #expect(try store.add(1).count == round * 5 + step) }
            store.close()
            #expect(names == ["counter.json", "counter.lock"])
        }
        #expect(content("counter.json")?.hasPrefix("{\"counter\": 15}") == true)
        #expect(try calls.status("counter.json", in: directory).st_mode & 0o777 == 0o600)
    }

    @Test func aSecondSingleWriterWaitsForTheFirstsEnd() throws {
        var (first, second) = (try store(.singleWriter), try store(.singleWriter))
        #expect(try first.acquire())
        _ = try first.add(3)
        #expect(try !second.acquire())
        first.close()
        #expect(try second.acquire())
        #expect(try second.add(1).count == 4)
        second.close()
    }

    @Test func whatTwoShareIsCountedOnceEach() throws {
        let numbers = Condition<[Int64]>([])
        let path = "\(path)/counter.json"
        DispatchQueue.concurrentPerform(iterations: 2) { _ in
            guard var store = try? FileStore(path: path, mode: .shared, calls: LinuxFileCalls()) else {
                return
            }
            for _ in 0..<50 {
                guard let count = try? store.add(1).count else { continue }
                numbers.withLock { $0.append(count) }
            }
            store.close()
        }
        #expect(numbers.withLock { $0.sorted() } == Array(1...100))
        #expect(names == ["counter.json", "counter.lock"])
    }

    @Test func aFileInPlaceOfTheDirectoryIsNamed() throws {
        calls.close(try make("a"))
        let path = "\(path)/a/counter.json"
        #expect {
            try FileStore(path: path, mode: .shared, calls: LinuxFileCalls())
        } throws: {
            ($0 as? StoreError)?.kind == .directory && "\($0)".contains(path.dropLast(13))
        }
    }
}
