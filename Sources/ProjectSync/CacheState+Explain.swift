extension CacheState {
    func explain(_ id: ProjectID, _ place: Place) -> Explanation {
        let entry = entries[id]
        return Explanation(
            project: id, place: place, status: status,
            events: entry.map { events($0.trace, at: place) } ?? [],
            repairs: entry?.trace.loads.filter { $0.cause == .repair } ?? [],
            hasForgotten: entry?.trace.hasForgotten ?? false,
            cached: entry.flatMap { cached($0, at: place) })
    }

    func place(shownAt number: Int32, scene: Int32, of id: ProjectID) -> Place {
        let rows = entries[id]?.project?.scenes[scene]?.entries ?? []
        return Place(scene: scene, image: rows.indices.contains(Int(number)) ? rows[Int(number)].image : number)
    }

    private func cached(_ entry: CacheEntry, at place: Place) -> Explanation.Cached? {
        guard let project = entry.project else { return nil }
        return Explanation.Cached(
            image: project.scenes[place.scene]?[place.image], isOnFallback: project.isOnFallback(place.scene),
            generation: project.generations[place.scene] ?? 0, positions: project.document.positions(of: place.scene),
            revision: project.revision, isVouched: isVouched(entry), isBehind: entry.behindSince != nil,
            subscribers: entry.watchers, loadedAt: entry.trace.loads.last?.at,
            audit: ProjectAudit(last: entry.checkedAt, divergences: entry.divergences))
    }

    private func events(_ trace: ProjectTrace, at place: Place) -> [Explanation.Event] {
        var highest: Int64 = .min
        return trace.changes.compactMap { traced in
            guard let content = traced.content(at: place) else { return nil }
            let load = trace.load(of: traced)
            let outcome: Explanation.Event.Outcome =
                switch traced.fate {
                case .held: .held(since: trace.loads.last { $0.at <= traced.at }?.at)
                case .awaitsLoad: load.map { .loaded(at: $0.at) } ?? .awaitsLoad
                case .applied, .unchanged:
                    traced.change.n < highest ? .outdated(by: highest) : traced.fate == .applied ? .applied : .unchanged
                }
            highest = max(highest, traced.change.n)
            return Explanation.Event(
                traced: traced, content: content, outcome: outcome,
                publication: trace.publication(of: traced) ?? (traced.fate == .awaitsLoad ? load?.publication : nil))
        }
    }
}

extension ProjectTrace {
    /// The load that brought what a change could not tell itself.
    fileprivate func load(of traced: TracedChange) -> TracedLoad? {
        loads.first { load in
            load.at >= traced.at && (load.snapshot.sees(traced.change.xid) || !traced.change.needsLoad)
        }
    }
}

extension TracedChange {
    /// nil: the change has nothing to do with the place.
    fileprivate func content(at place: Place) -> Explanation.Event.Content? {
        switch change.effect {
        case .reload: .untold
        case .rereadScenes(let scenes): scenes.contains(place.scene) ? .untold : nil
        case .images(let set, let gone, _):
            if let image = set.last(where: { $0.place == place }) {
                .image(image.url)
            } else {
                gone.contains(place) ? .gone : nil
            }
        }
    }
}
