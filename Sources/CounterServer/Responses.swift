import Assets
import Counter
import HTTPServer

/// The program's answers, in one place.
extension Response {
    private static let json = "Content-Type: application/json\r\nCache-Control: no-store\r\n"

    private static let negotiatedJSON = json + "Vary: Accept\r\n"

    /// `{"counter":N}` and a newline.
    static func count(_ count: Int64) -> Response {
        Response(.ok, fields: json, body: .number(before: "{\"counter\":", count, after: "}\n"))
    }

    /// The same with `Vary`, where what the client accepts decides between this and the page.
    static func negotiatedCount(_ count: Int64) -> Response {
        var response = Response.count(count)
        response.fields = negotiatedJSON
        return response
    }

    /// What the counter has answered, as `response` puts it; or why it has not.
    static func outcome(
        _ result: Result<Int64, CounterError>, _ response: (Int64) -> Response
    ) -> Response {
        switch result {
        case .success(let count): response(count)
        case .failure(let error): unavailable(error)
        }
    }

    static let description = Response(
        .ok, fields: "Content-Type: application/yaml\r\nCache-Control: no-store\r\n",
        body: .bytes(Assets.description))

    static let healthy = Response(
        .ok, fields: json, body: .text("{\"status\":\"ok\"}\n"), isProbe: true)

    /// - Parameter reason: why not; nil for ready.
    static func readiness(_ reason: String?) -> Response {
        guard let reason else {
            return Response(.ok, fields: json, body: .text("{\"status\":\"ready\"}\n"), isProbe: true)
        }
        return Response(
            .serviceUnavailable, fields: json + "Retry-After: 1\r\n",
            body: .text("{\"status\":\"unready\",\"reason\":\(JSON.quoted(reason))}\n"), isProbe: true)
    }

    static func version(_ version: String) -> Response {
        Response(.ok, fields: json, body: .text("{\"version\":\(JSON.quoted(version))}\n"))
    }

    static func options(allow: String) -> Response {
        Response(.noContent, fields: "Allow: \(allow)\r\n")
    }

    static func methodNotAllowed(allow: String) -> Response {
        .problem(.methodNotAllowed, detail: "This path allows \(allow).", fields: "Allow: \(allow)\r\n")
    }

    static let notFound = Response.problem(.notFound, detail: "There is nothing at this path.")

    /// 503: not acknowledged. Such an increment may or may not be in the count; it is never in it twice.
    static func unavailable(_ error: CounterError) -> Response {
        let detail =
            switch error {
            case .starting: "The store has not been opened yet."
            case .lockHeld: "Another process holds the lock; this one is its standby."
            case .storeFailing(let reason): reason
            case .stalled: "The store has not answered in time."
            case .exhausted: "The count is at its maximum, \(Int64.max)."
            }
        return .problem(.serviceUnavailable, detail: detail, fields: "Retry-After: 1\r\n")
    }
}
