import ProjectSync

/// What has gathered for a project's streams in one turn of a reactor: the newest state of each scene, after the newest
/// snapshot if there was one.
///
/// Under load a turn takes long, so more gathers, and leaves in one write a subscriber.
struct Gathered {
    private var snapshot: (body: ProjectBody, position: UInt64)?
    private(set) var scenes: [SceneEvent] = []
    /// How many events a newer one has replaced.
    private(set) var replaced = 0
    private(set) var revision: Revision
    private(set) var position: UInt64
    private var places: [Int32: Int] = [:]

    init(_ events: [SceneEvent], _ revision: Revision, position: UInt64) {
        self.revision = revision
        self.position = position
        add(events, revision, position: position)
    }

    init(_ body: ProjectBody, position: UInt64) {
        snapshot = (body, position)
        revision = body.revision
        self.position = position
    }

    mutating func add(_ events: [SceneEvent], _ revision: Revision, position: UInt64) {
        self.revision = revision
        self.position = position
        for event in events {
            if let place = places.updateValue(scenes.count, forKey: event.scene) {
                places[event.scene] = place
                scenes[place] = event
                replaced += 1
            } else {
                scenes.append(event)
            }
        }
    }

    mutating func add(_ body: ProjectBody, position: UInt64) {
        replaced += count
        snapshot = (body, position)
        revision = body.revision
        self.position = position
        scenes = []
        places = [:]
    }

    /// How many events there are.
    var count: Int { scenes.count + (snapshot == nil ? 0 : 1) }

    /// Whether all of it is for one who has been told everything up to there: an older snapshot is not.
    func isNews(after position: UInt64) -> Bool {
        snapshot.map { $0.position > position } ?? true
    }

    /// The events, without the scenes that a stream does not follow, and what is older than it has been told.
    func frames(
        of project: ProjectID, for request: StreamRequest = StreamRequest(), after position: UInt64 = 0
    ) -> [Frame] {
        let wanted = request.scenes == nil ? scenes : scenes.filter(request.wants)
        var frames: [Frame] = []
        if let snapshot, isNews(after: position) { frames.append(.snapshot(snapshot.body)) }
        if !wanted.isEmpty { frames.append(.scenes(wanted, of: project, revision: revision)) }
        return frames
    }
}
