import ProjectSync

/// What has gathered for a project's streams in one turn of a reactor: the newest state of each scene, after the newest
/// snapshot if there was one.
///
/// Under load a turn takes long, so more gathers, and leaves in one write a subscriber.
struct Gathered {
    private(set) var body: ProjectBody?
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
        self.body = body
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
        self.body = body
        revision = body.revision
        self.position = position
        scenes = []
        places = [:]
    }

    /// How many events there are.
    var count: Int { scenes.count + (body == nil ? 0 : 1) }

    /// The events, without the scenes that a stream does not follow.
    func frames(of project: ProjectID, for request: StreamRequest = StreamRequest()) -> [Frame] {
        let wanted = request.scenes == nil ? scenes : scenes.filter(request.wants)
        var frames: [Frame] = []
        if let body { frames.append(.snapshot(body)) }
        if !wanted.isEmpty { frames.append(.scenes(wanted, of: project, revision: revision)) }
        return frames
    }
}
