import Glibc
import NIOCore
import NIOPosix

/// What a person is told of a connection that was not to be had; NIO's own words are for who debugs it.
enum ConnectionFailure {
    /// nil for another error.
    static func explanation(of error: any Error) -> String? {
        guard let error = error as? NIOConnectionError else { return nil }
        let place = "\(error.host), port \(error.port)"
        guard let failure = error.connectionErrors.first else { return "there is no address for \(error.host)" }
        guard let number = (failure.error as? IOError)?.errnoCode else { return "\(place) does not answer" }
        return number == ECONNREFUSED ? "nobody listens at \(place)" : "\(place): \(String(cString: strerror(number)))"
    }
}
