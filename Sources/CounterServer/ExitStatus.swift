/// How the program ends (sysexits.h).
enum ExitStatus: Int32 {
    /// A clean stop.
    case success = 0
    /// EX_USAGE: a setting that makes no sense.
    case usage = 64
    /// EX_DATAERR: a counter file that can't be understood.
    case badData = 65
    /// EX_UNAVAILABLE: an address that can't be bound.
    case unavailable = 69
    /// EX_OSERR: the system refused a descriptor or the like.
    case systemError = 71
    /// EX_CANTCREAT: a directory that can't be used.
    case cannotCreate = 73
}
