/// The answers that evhttp's parser gives by itself, in our words.
enum ParserError {
    /// The status code of a status line such as `HTTP/1.1 400 Bad Request`; 0 where it has none.
    static func status(inHead head: some Collection<UInt8>) -> Int {
        let code = head.dropFirst("HTTP/1.1 ".utf8.count).prefix { (48...57).contains($0) }
        return code.reduce(0) { $0 * 10 + Int($1) - 48 }
    }

    static func response(_ status: Int) -> Response {
        switch status {
        case 413: .problem(.contentTooLarge, detail: "A request body may have up to 64 KiB.")
        case 417: .problem(.expectationFailed, detail: "The only expectation that is met is 100-continue.")
        case 501: .problem(.notImplemented, detail: "This method is not known.")
        default:
            .problem(.badRequest, detail: "The request can't be understood, or its headers exceed 16 KiB.")
        }
    }
}
