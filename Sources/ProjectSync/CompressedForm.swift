import NIOCore
import Synchronization

/// The compressed form of a body: made when it is first wanted, once for everybody who wants it.
package final class CompressedForm: Sendable {
    private let form = Mutex<ByteBuffer?>(nil)
    /// Beside the lock: who asks for it does not wait for a form that is being made.
    private let size = Atomic(0)

    init() {}

    /// Of what has been made; 0 before that.
    package var size_bytes: Int { size.load(ordering: .relaxed) }

    /// Waits for a form that is being made.
    package func ready(orMake make: () -> ByteBuffer?) -> ByteBuffer? {
        form.withLock { form in
            if form == nil {
                form = make()
                size.store(form?.readableBytes ?? 0, ordering: .relaxed)
            }
            return form
        }
    }
}
