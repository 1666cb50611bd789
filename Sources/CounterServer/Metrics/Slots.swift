import HTTPServer

// Small numbers for what a request is counted under: its place in a row of counts.

extension Method {
    static let all: [Method] = [
        .get, .head, .post, .put, .delete, .options, .trace, .connect, .patch, .other,
    ]

    var slot: Int {
        switch self {
        case .get: 0
        case .head: 1
        case .post: 2
        case .put: 3
        case .delete: 4
        case .options: 5
        case .trace: 6
        case .connect: 7
        case .patch: 8
        case .other: 9
        }
    }
}

extension Status {
    var slot: Int {
        switch self {
        case .ok: 0
        case .noContent: 1
        case .badRequest: 2
        case .notFound: 3
        case .methodNotAllowed: 4
        case .requestTimeout: 5
        case .contentTooLarge: 6
        case .expectationFailed: 7
        case .headerFieldsTooLarge: 8
        case .internalServerError: 9
        case .notImplemented: 10
        case .serviceUnavailable: 11
        case .versionNotSupported: 12
        }
    }
}
