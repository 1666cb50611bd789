import Foundation
import Synchronization
import Testing

@testable import HTTPServer

@Suite struct EventLoopTests {
    @Test func tasksOfOneThreadRunInItsOrder() throws {
        let loop = try EventLoop()
        let seen = Mutex<[Int]>([])
        let done = DispatchSemaphore(value: 0)
        let thread = LoopThread(loop)
        for number in 0..<1000 { loop.execute { seen.withLock { $0.append(number) } } }
        loop.execute { done.signal() }
        done.wait()
        thread.end()
        #expect(seen.withLock { $0 } == Array(0..<1000))
    }

    @Test func tasksOfManyThreadsAllRun() throws {
        let loop = try EventLoop()
        let tally = Tally()
        let thread = LoopThread(loop)
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for _ in 0..<1000 { loop.execute { tally.add() } }
        }
        let done = DispatchSemaphore(value: 0)
        loop.execute { done.signal() }
        done.wait()
        thread.end()
        #expect(tally.count == 8000, "\(tally.count) tasks ran")
    }

    @Test func theEndOfATurnComesOnceHoweverOftenItIsAskedFor() throws {
        let loop = try EventLoop()
        let tally = Tally()
        let end = loop.atEndOfTurn { tally.add() }
        loop.after(0) { for _ in 0..<10 { end.request() } }
        loop.after(0.05) { loop.stop() }
        loop.run()
        #expect(tally.count == 1, "\(tally.count) times")
    }

    @Test func aTimerRepeatsAndADelayDoesNot() throws {
        let loop = try EventLoop()
        let (repeated, once) = (Tally(), Tally())
        loop.every(0.01) { repeated.add() }
        loop.after(0.01) { once.add() }
        loop.after(0.3) { loop.stop() }
        loop.run()
        #expect(repeated.count >= 3, "\(repeated.count) times")
        #expect(once.count == 1, "\(once.count) times")
    }

    @Test func theEndOfATurnComesAfterAllOfItsTasksAndAgainInTheNext() throws {
        let loop = try EventLoop()
        let seen = Mutex<[String]>([])
        let note = { @Sendable (word: String) in seen.withLock { $0.append(word) } }
        let end = loop.atEndOfTurn { note("end") }
        loop.every(0.02) {
            end.request()
            note("a")
        }
        loop.every(0.02) { note("b") }
        loop.after(0.05) { loop.stop() }
        loop.run()
        let words = seen.withLock { $0 }
        #expect(words.filter { $0 == "end" }.count >= 1)
        #expect(
            words.first != "end" && words.filter { $0 == "a" }.count >= words.filter { $0 == "end" }.count)
    }

    @Test func aTaskMayAskForMore() throws {
        let loop = try EventLoop()
        let tally = Tally()
        loop.execute {
            tally.add()
            loop.execute {
                tally.add()
                loop.stop()
            }
        }
        loop.run()
        #expect(tally.count == 2, "\(tally.count) tasks ran")
    }

    @Test func whatIsAskedForBeforeTheRunIsDoneInIt() throws {
        let loop = try EventLoop()
        let tally = Tally()
        loop.execute { tally.add() }
        loop.stop()
        loop.run()
        #expect(tally.count == 1)
    }

    @Test func aLoopThatNeverRanGivesItsDescriptorsBack() throws {
        let before = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        for _ in 0..<300 { _ = try EventLoop() }
        let after = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        // Other tests open and close some meanwhile.
        #expect(after < before + 300, "\(after - before) more are open")
    }
}
