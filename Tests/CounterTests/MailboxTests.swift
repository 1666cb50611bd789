import Testing

@testable import Counter

@Suite struct MailboxTests {
    @Test func whatALaneWantsIsGatheredAndTakenOnce() {
        var mailbox = Mailbox()
        let lanes = (0..<3).map { _ in mailbox.addLane {} }
        #expect(lanes == [0, 1, 2])
        #expect(!mailbox.isReady)
        mailbox.post(lane: 2, increments: 3, reads: 0)
        mailbox.post(lane: 0, increments: 1, reads: 2)
        mailbox.post(lane: 2, increments: 4, reads: 1)
        #expect(mailbox.isReady)
        let batch = mailbox.take()
        #expect(batch.map(\.lane) == [0, 2])
        #expect(batch.map(\.increments) == [1, 7])
        #expect(batch.map(\.reads) == [2, 1])
        #expect(!mailbox.isReady)
        #expect(mailbox.take().isEmpty, "taken twice")
    }

    @Test func theCountersThreadIsWokenForAsManyAsItWants() {
        var mailbox = Mailbox()
        for _ in 0..<2 { _ = mailbox.addLane {} }
        mailbox.wanted = 4
        mailbox.post(lane: 0, increments: 2, reads: 0)
        mailbox.post(lane: 1, increments: 0, reads: 1)
        #expect(!mailbox.isReady)
        #expect(mailbox.waiting == 3)
        mailbox.post(lane: 1, increments: 1, reads: 0)
        #expect(mailbox.isReady)
        #expect(mailbox.take().count == 2)
        #expect(!mailbox.isReady && mailbox.waiting == 0)
        mailbox.isStopping = true
        #expect(mailbox.isReady, "who stops waits for nobody")
    }

    @Test func aLaneIsWokenOnlyWhereItHadNothingToCollect() {
        var mailbox = Mailbox()
        for _ in 0..<2 { _ = mailbox.addLane {} }
        let share = Mailbox.Share(lane: 1, increments: 1, reads: 0)
        let answer = share.answered(.success(1), granted: 1)
        #expect(mailbox.deliver([answer]).count == 1)
        #expect(mailbox.deliver([answer]).count == 0, "it was woken and has not come yet")
        #expect(mailbox.collect(lane: 0).isEmpty, "another lane's")
        #expect(mailbox.collect(lane: 1).count == 2)
        #expect(mailbox.collect(lane: 1).isEmpty, "collected twice")
        #expect(mailbox.deliver([answer]).count == 1)
    }
}
