import Synchronization

/// Whether a revision stands for one state only (contract, section 1).
final class RevisionBook: Sendable {
    private let texts = Mutex<[String: Int]>([:])

    /// False if this revision has been seen with another text.
    func note(_ revision: String, _ text: String) -> Bool {
        let hash = text.hashOfBytes
        return texts.withLock { texts in
            guard let known = texts.updateValue(hash, forKey: revision) else { return true }
            return known == hash
        }
    }
}
