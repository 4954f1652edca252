import Synchronization

/// Who opens a stream, as far as that is limited.
package struct Subscriber: Sendable {
    package static let anybody = Subscriber()

    package var address: ClientAddress
    /// Whom a token names, if there is one.
    package var subject: String?

    package init(address: ClientAddress = .unknown, subject: String? = nil) {
        self.address = address
        self.subject = subject
    }
}

/// Bounds the streams that one client address, and one subject, may have at a time.
package final class SubscriberQuota: Sendable {
    /// The most for each; nil: as many as there may be.
    package struct Limits: Sendable {
        package var perAddress: Int?
        package var perSubject: Int?

        package init(perAddress: Int? = nil, perSubject: Int? = nil) {
            self.perAddress = perAddress
            self.perSubject = perSubject
        }
    }

    /// A stream's place; it is free again once nobody holds this.
    final class Seat: Sendable {
        static let free = Seat(nil, .anybody)

        private let quota: SubscriberQuota?
        private let subscriber: Subscriber

        fileprivate init(_ quota: SubscriberQuota?, _ subscriber: Subscriber) {
            self.quota = quota
            self.subscriber = subscriber
        }

        deinit {
            quota?.leave(subscriber)
        }
    }

    private struct Counts {
        var addresses: [ClientAddress: Int] = [:]
        var subjects: [String: Int] = [:]
    }

    private let limits: Limits
    private let counts = Mutex(Counts())

    package init(_ limits: Limits = Limits()) {
        self.limits = limits
    }

    /// nil if there are too many already.
    func admit(_ subscriber: Subscriber) -> Seat? {
        if limits.perAddress == nil && limits.perSubject == nil { return .free }
        let isAdmitted = counts.withLock { counts in
            let address = subscriber.address.household
            let (ofAddress, ofSubject) = (
                counts.addresses[address, default: 0], subscriber.subject.map { counts.subjects[$0, default: 0] } ?? 0
            )
            if let limit = limits.perAddress, ofAddress >= limit { return false }
            if let limit = limits.perSubject, subscriber.subject != nil, ofSubject >= limit { return false }
            counts.addresses[address] = ofAddress + 1
            if let subject = subscriber.subject { counts.subjects[subject] = ofSubject + 1 }
            return true
        }
        return isAdmitted ? Seat(self, subscriber) : nil
    }

    private func leave(_ subscriber: Subscriber) {
        counts.withLock { counts in
            Self.decrease(&counts.addresses, subscriber.address.household)
            if let subject = subscriber.subject { Self.decrease(&counts.subjects, subject) }
        }
    }

    /// Nobody who has no stream is remembered.
    private static func decrease<Key: Hashable>(_ counts: inout [Key: Int], _ key: Key) {
        let left = counts[key, default: 0] - 1
        counts[key] = left > 0 ? left : nil
    }
}
