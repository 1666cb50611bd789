import Dispatch
import Testing

@testable import HTTPServer

@Suite struct ServerStateTests {
    @Test func noMorePlacesAreTakenThanThereAre() {
        let state = ServerState(places: 100)
        let taken = Tally()
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for _ in 0..<1000 where state.takePlace() { taken.add() }
        }
        #expect(taken.count == 100, "\(taken.count) of 100 places")
        #expect(!state.hasPlace)
        state.givePlaceBack()
        #expect(state.hasPlace)
        #expect(state.takePlace())
        #expect(!state.takePlace())
    }

    @Test func connectionsAreCountedOverAllLoops() {
        let state = ServerState(places: 1)
        for _ in 0..<3 { state.countOpened() }
        state.countClosed()
        #expect(state.openConnections == 2)
        #expect(!state.isDraining)
        state.isDraining = true
        #expect(state.isDraining)
    }
}
