/// The connections of one reactor, each at a place of its own.
struct ConnectionTable {
    private struct Place {
        var generation: UInt32 = 0
        var connection: Connection?
    }

    private var places: [Place] = []
    private var free: [UInt32] = []

    var count: Int { places.count - free.count }

    mutating func add(_ connection: Connection) -> ConnectionKey {
        let index = free.popLast() ?? UInt32(places.count)
        if index == places.count { places.append(Place()) }
        places[Int(index)].generation &+= 1
        places[Int(index)].connection = connection
        return ConnectionKey(index: index, generation: places[Int(index)].generation)
    }

    @discardableResult
    mutating func remove(_ key: ConnectionKey) -> Connection? {
        guard let connection = self[key] else { return nil }
        places[Int(key.index)].connection = nil
        free.append(key.index)
        return connection
    }

    /// The connection of this key; nil once it has ended.
    subscript(key: ConnectionKey) -> Connection? {
        _read {
            if key.index < places.count, places[Int(key.index)].generation == key.generation {
                yield places[Int(key.index)].connection
            } else {
                yield nil
            }
        }
        _modify {
            if key.index < places.count, places[Int(key.index)].generation == key.generation {
                yield &places[Int(key.index)].connection
            } else {
                var none: Connection?
                yield &none
            }
        }
    }

    /// The keys of all that are open.
    var keys: [ConnectionKey] {
        places.indices.compactMap { index in
            places[index].connection == nil
                ? nil : ConnectionKey(index: UInt32(index), generation: places[index].generation)
        }
    }
}
