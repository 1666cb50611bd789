import HTTPServer
import Testing

@testable import CounterServer

struct RequestStatisticsTests {
    @Test
    func givesEveryMethodAndStatusAPlaceOfItsOwn() {
        #expect(Method.all.map(\.slot) == Array(0..<Method.all.count))
        #expect(Status.allCases.map(\.slot).sorted() == Array(0..<Status.allCases.count))
    }

    @Test
    func countsEachCombinationForItself() {
        let statistics = RequestStatistics()
        for route in Route.allCases {
            for method in Method.all {
                for status in Status.allCases { statistics.count(route, method, status, nanoseconds: 0) }
            }
        }
        statistics.count(.root, .post, .ok, nanoseconds: 1_000)
        #expect(statistics.count(.root, .post, .ok) == 2)
        #expect(statistics.count(.other, .other, .badRequest) == 1)
        #expect(statistics.total == Route.allCases.count * Method.all.count * Status.allCases.count + 1)
    }

    @Test
    func takesNoTimeWhereNoneWasTaken() {
        let statistics = RequestStatistics()
        statistics.count(.root, .get, .ok, nanoseconds: 0)
        statistics.count(.root, .get, .ok, nanoseconds: 7_000)
        #expect(statistics.duration(.root, .get).count == 1)
        #expect(statistics.duration(.root, .get).sum == 7_000)
        #expect(statistics.duration(.root, .post).count == 0)
    }

    @Test(arguments: Route.allCases)
    func hasALabelThatIsThePathOfARoute(route: Route) {
        #expect(Route(path: route.label) == route)
    }
}
