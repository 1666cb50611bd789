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
}

@Suite struct ListenerTests {
    @Test func portZeroPicksAPortThatAllListenersShare() throws {
        let listeners = try Listener.bind(host: "127.0.0.1", port: 0, count: 3)
        #expect(listeners[0].port > 0)
        #expect(Set(listeners.map(\.port)).count == 1)
    }

    @Test func aPortInUseIsRefusedThoughItsOwnerShares() throws {
        let port = try Listener.bind(host: "127.0.0.1", port: 0, count: 2)[0].port
        #expect(throws: SystemError.self) { try Listener.bind(host: "127.0.0.1", port: port, count: 1) }
    }

    @Test func anUnknownHostIsNamed() {
        #expect {
            try Listener.bind(host: "no.such.host.invalid", port: 0, count: 1)
        } throws: {
            "\($0)".contains("no.such.host.invalid")
        }
    }
}
