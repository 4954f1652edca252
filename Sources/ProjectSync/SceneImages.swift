/// The images that rows give one scene, in the order of their places.
///
/// Places are unique while the table has its key; rows of older tables may share one.
package struct SceneImages: Equatable, Sendable {
    package struct Entry: Equatable, Sendable {
        package let image: Int32
        package let url: ImageURL
    }

    package private(set) var entries: [Entry] = []

    package var isEmpty: Bool { entries.isEmpty }

    package subscript(image: Int32) -> ImageURL? {
        let at = position(of: image)
        return at < entries.count && entries[at].image == image ? entries[at].url : nil
    }

    /// Puts `url` at a place; nil empties it.
    mutating func set(_ image: Int32, _ url: ImageURL?) {
        let at = position(of: image)
        var end = at
        while end < entries.count, entries[end].image == image { end += 1 }
        entries.replaceSubrange(at..<end, with: url.map { [Entry(image: image, url: $0)] } ?? [])
    }

    /// Adds a row after those of the same place.
    mutating func append(_ image: Int32, _ url: ImageURL) {
        if let last = entries.last, last.image > image {
            entries.insert(Entry(image: image, url: url), at: position(of: image + 1))
        } else {
            entries.append(Entry(image: image, url: url))
        }
    }

    /// The first entry whose place is not below `image`.
    private func position(of image: Int32) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].image < image { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
