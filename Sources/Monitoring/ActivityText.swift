import ProjectSync

/// The members that the monitor's document has of a project, or of all together.
struct ActivityText {
    let window: MonitorWindow
    let activity: ActivityReport?
    let subscribers: Int
    let progress: SceneProgress?
    let audit: ProjectAudit
    /// How many comparisons have come to an end; nil where it is not told.
    var auditRuns: Int?
    let clock: WallClock

    var members: String {
        let total = activity?.total ?? Tally()
        let perSecond = activity?.perSecond ?? [Int](repeating: 0, count: TallyRing.length)
        let scenes = progress.map {
            "{\"total\": \($0.scenes), \"complete\": \($0.complete), \"with_holes\": \($0.withHoles)}"
        }
        return """
            "inserted": \(total.inserted), "updated": \(total.updated), "overwritten": \(total.overwritten), \
            "deleted": \(total.deleted), "late": \(total.late), "per_second": \(rates(perSecond)), \
            "sessions": \(activity?.sessions ?? 0), "overlap": \(activity?.overlap ?? 0), \
            "overlap_peak": \(total.overlap), \(activity?.arrival.map { "\"arrival_seconds\": \(quantiles($0)), " } ?? "")\
            "delivery_seconds": \(quantiles(activity?.delivery)), \(activity?.series.map(series) ?? "")\
            "scenes": \(scenes ?? "null"), "subscribers": \(subscribers), \
            "audit": {"last": \(audit.last.map { "\"\(clock.time(of: $0).rfc3339)\"" } ?? "null"), \
            \(auditRuns.map { "\"runs\": \($0), " } ?? "")"divergences": \(audit.divergences)}
            """
    }

    private func series(_ series: ActivitySeries) -> String {
        """
        "series": {"inserted": \(rates(series.tallies.map { Int($0.inserted) })), \
        "updated": \(rates(series.tallies.map { Int($0.updated) })), \
        "deleted": \(rates(series.tallies.map { Int($0.deleted) })), \
        "overlap": [\(series.tallies.map { String($0.overlap) }.joined(separator: ", "))], \
        "arrival_seconds": \(quantiles(series.arrivals)), "delivery_seconds": \(quantiles(series.deliveries))}, 
        """
    }

    /// Rows of each part of the window; each of the sixty parts of an hour is a minute.
    private func rates(_ rows: [Int]) -> String {
        let rates = rows.map { window == .minute ? String($0) : Decimal.text(Int64($0) * 100 / 60, places: 2) }
        return "[\(rates.joined(separator: ", "))]"
    }

    private func quantiles(_ quantiles: Quantiles?) -> String {
        """
        {"p50": \(seconds(quantiles?.p50_microseconds)), "p90": \(seconds(quantiles?.p90_microseconds)), \
        "p99": \(seconds(quantiles?.p99_microseconds))}
        """
    }

    private func quantiles(_ series: [Quantiles?]) -> String {
        """
        {"p50": [\(series.map { seconds($0?.p50_microseconds) }.joined(separator: ", "))], \
        "p99": [\(series.map { seconds($0?.p99_microseconds) }.joined(separator: ", "))]}
        """
    }

    private func seconds(_ microseconds: Int64?) -> String {
        microseconds.map { Decimal.text($0, places: 6) } ?? "null"
    }
}
