/// What a terminal shows of a project: a state and a size in, as many lines as fit out. Others' text is made printable
/// here, on its only way to the screen.
struct WatchFrame {
    /// How long an image that has arrived is shown as new.
    private static let freshness = Duration.seconds(2)

    let state: WatchState
    let width: Int
    let height: Int
    let now: Moment

    var lines: [StyledLine] {
        var lines = head
        let footer = StyledLine("Ctrl-C ends".cut(to: width), .dim)
        let room = height - lines.count - 1
        if room >= 4 {
            let rows = min(max(1, state.scenes.count), max(1, (room - 2) * 3 / 5))
            lines += [StyledLine()] + scenes(rows)
            lines += [StyledLine()] + happenings(height - lines.count - 2)
            lines += Array(repeating: StyledLine(), count: max(0, height - lines.count - 1))
            lines.append(footer)
        }
        return Array(lines.prefix(max(0, height)))
    }

    private var head: [StyledLine] {
        let title = state.title?.printable ?? "project"
        let age = state.changedAt.map { ", \((now.elapsed - $0.elapsed).brief) old" } ?? ""
        let heard = state.heardAt.map { "heard \((now.elapsed - $0.elapsed).brief) ago" } ?? ""
        let revision = state.revision.map { "revision \($0.printable)\(age)" } ?? ""
        let counts =
            "\(state.imageCount.of("image")) in \(state.scenes.count.of("scene"))"
            + (state.rate.total > 0 ? ", \(state.rate.total) arrived" : "")
        let rate = "\(state.rate.lastMinute(now: now)) in the last minute"
        return [
            .pair((title, .bold), (" " + badge.text, badge.style), width: width),
            .pair((state.project, .dim), (" " + heard, .dim), width: width),
            StyledLine(revision.cut(to: width), .dim),
            .pair((counts, .plain), (" " + rate, .plain), width: width),
            StyledLine(state.rate.sparkline(width: width, now: now), .good),
        ]
    }

    private var badge: (text: String, style: StyledLine.Style) {
        switch state.condition {
        case .connecting: ("○ connecting", .warning)
        case .catchingUp: ("◐ catching up", .warning)
        case .live: ("● live", .good)
        case .stale(let since): ("◌ stale since \(since.printable)", .bad)
        case .lost(let again): ("✗ connection lost, again every \(again.brief)", .bad)
        case .ended(let happening): ("✗ \(happening.text)", .bad)
        }
    }

    /// As many scenes as there are rows, those around the one that was changed last.
    private func scenes(_ rows: Int) -> [StyledLine] {
        guard !state.scenes.isEmpty else { return [StyledLine("no scenes yet".cut(to: width), .dim)] }
        guard state.scenes.count > rows else { return state.scenes.map(line) }
        let shown = max(1, rows - 1)
        let newest = state.scenes.indices.max {
            (state.scenes[$0].lastArrival?.elapsed ?? .zero) < (state.scenes[$1].lastArrival?.elapsed ?? .zero)
        }
        let isAny = state.scenes.contains { $0.lastArrival != nil }
        let start = isAny ? max(0, min((newest ?? 0) - shown / 2, state.scenes.count - shown)) : 0
        let rest = state.scenes.count - shown
        return state.scenes[start..<start + shown].map(line)
            + [StyledLine("     … and \(rest.of("more scene"))".cut(to: width), .dim)]
    }

    private func line(_ scene: WatchState.Scene) -> StyledLine {
        let number = scene.content.number.map { "\($0)" } ?? "?"
        let start = String(repeating: " ", count: max(0, 4 - number.count)) + number + " "
        let images = scene.content.urls.count
        let bar = (images <= 6 ? String(repeating: "▪", count: images) : "▪▪▪▪ \(images)").fitted(to: 8)
        let age = scene.lastArrival.map { now.elapsed - $0.elapsed }
        let isFresh = age.map { $0 < Self.freshness } == true
        var line = StyledLine(start.cut(to: width), .dim)
        line += (bar.cut(to: max(0, width - start.cells)), isFresh ? .fresh : .good)
        let left = width - start.cells - 8
        guard left > 0 else { return line }
        let end = age.map { " \($0.brief) ago" } ?? ""
        let pair = StyledLine.pair(
            (scene.content.prompt.printable, isFresh ? .bold : .plain), (end, .dim), width: left)
        line.append(pair)
        return line
    }

    private func happenings(_ rows: Int) -> [StyledLine] {
        state.happenings.prefix(max(0, rows)).map { moment, what in
            var line = StyledLine("\(moment.clock)  ".cut(to: width), .dim)
            let isFresh = now.elapsed - moment.elapsed < Self.freshness
            line += (
                what.text.printable.cut(to: max(0, width - moment.clock.cells - 2)),
                what.isTrouble ? .bad : isFresh ? .fresh : .plain
            )
            return line
        }
    }
}
