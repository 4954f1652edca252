// Write transactions as bars on lanes, one lane for each session. No page here; times are milliseconds of one clock.

const shortest_ms = 0.05;

/** What the monitor tells of a project, by the reader's clock: the daemon's may be ahead or behind. */
export function transactionsOf(report, receivedAt) {
  return (report.projects[0]?.transactions ?? []).map(({ session, ago_seconds, seconds, rows }) => {
    const began = receivedAt - ago_seconds * 1000;
    return { session, began, ended: began + Math.max(shortest_ms, seconds * 1000), rows };
  });
}

/**
 * The lanes of what was open between `from` and `to`, the newest session last, at most `most` of them; `x` and `width`
 * are shares of the time shown.
 */
export function lanes(transactions, from, to, most) {
  const bySession = new Map();
  for (const transaction of transactions) {
    if (transaction.ended < from || transaction.began > to) continue;
    const lane = bySession.get(transaction.session) ?? { session: transaction.session, bars: [], rows: 0 };
    bySession.set(transaction.session, lane);
    const x = Math.max(0, (transaction.began - from) / (to - from));
    lane.bars.push({ x, width: Math.min(1, (transaction.ended - from) / (to - from)) - x });
    lane.rows += transaction.rows;
  }
  const all = [...bySession.values()];
  return { lanes: all.slice(-most), hidden: Math.max(0, all.length - most) };
}

/** How many were open, each time that it changed: `{ at, open }`, and the most at one moment. */
export function overlap(transactions, from, to) {
  const edges = transactions
    .filter(({ began, ended }) => ended >= from && began <= to)
    .flatMap(({ began, ended }) => [{ at: Math.max(began, from), step: 1 }, { at: Math.max(Math.min(ended, to), from), step: -1 }])
    .sort((one, other) => one.at - other.at || one.step - other.step);
  let open = 0;
  let peak = 0;
  const levels = edges.map(({ at, step }) => {
    open += step;
    peak = Math.max(peak, open);
    return { at: (at - from) / (to - from), open };
  });
  return { levels, peak };
}
