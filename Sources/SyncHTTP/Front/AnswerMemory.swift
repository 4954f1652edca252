import Fanout
import Glibc
import NIOCore
import ProjectSync

/// The last answers to reads: who asks for the same in the same words, while nothing has changed, gets the same bytes.
///
/// To write an answer's head costs more than all the rest of a read but the kernel's part.
struct AnswerMemory {
    /// What an answer's bytes depend on, besides the request: all that its head says of the state, and its Date.
    struct Mark: Equatable {
        private let revision: Revision
        private let isStale: Bool
        private let isUnsafe: Bool
        private let age_seconds: Int64
        private let second: Int

        init(_ answer: Answer) {
            revision = answer.body.revision
            isStale = answer.isStale
            isUnsafe = answer.isUnsafe
            age_seconds = ReadHeaders.age(of: answer, now: .now) ?? -1
            second = WallTime.now.seconds
        }
    }

    struct Known {
        fileprivate let request: [UInt8]
        let project: ProjectID
        let mark: Mark
        let parcel: Parcel
    }

    private static let slots = 64
    /// Longer requests are rare, and to compare them is dear.
    private static let longestRequest_bytes = 2_048
    /// Of a longer answer the kernel's part is almost all; and it would stay in memory after the cache has dropped it.
    private static let longestAnswer_bytes = 64 << 10

    private var known = [Known?](repeating: nil, count: slots)

    func find(_ request: UnsafeRawBufferPointer) -> Known? {
        guard let known = known[Self.slot(request)], known.request.count == request.count else { return nil }
        let isSame = known.request.withUnsafeBytes { old in
            guard let old = old.baseAddress, let new = request.baseAddress else { return false }
            return memcmp(old, new, request.count) == 0
        }
        return isSame ? known : nil
    }

    mutating func keep(_ request: UnsafeRawBufferPointer, _ project: ProjectID, _ mark: Mark, _ parcel: Parcel) {
        guard request.count <= Self.longestRequest_bytes, parcel.size_bytes <= Self.longestAnswer_bytes else { return }
        known[Self.slot(request)] = Known(request: Array(request), project: project, mark: mark, parcel: parcel)
    }

    /// By the length and the end of a project's id in the target, which is what requests differ in.
    private static func slot(_ request: UnsafeRawBufferPointer) -> Int {
        guard request.count > 56 else { return 0 }
        let id = request.loadUnaligned(fromByteOffset: 48, as: UInt64.self)
        // Fibonacci hashing: the product's highest bits depend on all of the factor's.
        let product = (id &+ UInt64(request.count)) &* 0x9e37_79b9_7f4a_7c15
        return Int(product >> 32) % slots
    }
}
