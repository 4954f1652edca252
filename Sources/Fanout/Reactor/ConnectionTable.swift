/// The connections of one reactor, each at a place of its own, where it stays as long as it is open.
///
/// Its memory is managed by hand, since every request and delivery comes by here several times: an array in a class
/// gives what it holds by a coroutine, which takes memory from the heap, and only after a look whether somebody else is
/// at it. That was two fifths of what a warm read cost beside the kernel's part.
struct ConnectionTable: ~Copyable {
    private struct Slab {
        /// Which key each place has; an index beyond is nobody's.
        var generations: [UInt32] = []
        /// Each of `blockSize` places. They are never moved: what is inside one may add to the table.
        var blocks: [UnsafeMutablePointer<Connection?>] = []
        var free: [UInt32] = []
    }

    private static var blockSize: Int { 256 }

    private let slab = UnsafeMutablePointer<Slab>.allocate(capacity: 1)
    /// What a key leads to whose connection has ended: nil, and it stays nil.
    private let none = UnsafeMutablePointer<Connection?>.allocate(capacity: 1)

    init() {
        slab.initialize(to: Slab())
        none.initialize(to: nil)
    }

    deinit {
        for block in slab.pointee.blocks {
            block.deinitialize(count: Self.blockSize)
            block.deallocate()
        }
        slab.deinitialize(count: 1)
        slab.deallocate()
        none.deinitialize(count: 1)
        none.deallocate()
    }

    var count: Int { slab.pointee.generations.count - slab.pointee.free.count }

    @discardableResult
    func add(_ connection: Connection) -> ConnectionKey {
        let index = slab.pointee.free.popLast() ?? addPlace()
        slab.pointee.generations[Int(index)] &+= 1
        let key = ConnectionKey(index: index, generation: slab.pointee.generations[Int(index)])
        find(key).pointee = connection
        return key
    }

    @discardableResult
    func remove(_ key: ConnectionKey) -> Connection? {
        guard let connection = self[key] else { return nil }
        find(key).pointee = nil
        slab.pointee.free.append(key.index)
        return connection
    }

    /// The connection of this key; nil once it has ended. Only `add` and `remove` make it something or nothing.
    subscript(key: ConnectionKey) -> Connection? {
        unsafeAddress { UnsafePointer(find(key)) }
        nonmutating unsafeMutableAddress { find(key) }
    }

    /// The keys of all that are open.
    var keys: [ConnectionKey] {
        slab.pointee.generations.enumerated().compactMap { index, generation in
            let key = ConnectionKey(index: UInt32(index), generation: generation)
            return self[key] == nil ? nil : key
        }
    }

    private func find(_ key: ConnectionKey) -> UnsafeMutablePointer<Connection?> {
        let index = Int(key.index)
        guard index < slab.pointee.generations.count, slab.pointee.generations[index] == key.generation else {
            return none
        }
        return slab.pointee.blocks[index / Self.blockSize] + index % Self.blockSize
    }

    private func addPlace() -> UInt32 {
        let index = slab.pointee.generations.count
        if index == slab.pointee.blocks.count * Self.blockSize {
            let block = UnsafeMutablePointer<Connection?>.allocate(capacity: Self.blockSize)
            block.initialize(repeating: nil, count: Self.blockSize)
            slab.pointee.blocks.append(block)
        }
        slab.pointee.generations.append(0)
        return UInt32(index)
    }
}
