import NIOCore
import Synchronization

/// The compressed form of a body: made when it is first wanted, once for everybody who wants it.
package final class CompressedForm: Sendable {
    private let form = Mutex<ByteBuffer?>(nil)

    init() {}

    /// nil if nobody has wanted it yet.
    package var ready: ByteBuffer? {
        form.withLock { $0 }
    }

    package func ready(orMake make: () -> ByteBuffer?) -> ByteBuffer? {
        form.withLock { form in
            if form == nil { form = make() }
            return form
        }
    }

    var size_bytes: Int {
        form.withLock { $0?.readableBytes ?? 0 }
    }
}
