// The order of a list that a person reads while its numbers move.

const margin = 1.25;
const least = 2;

/**
 * The busiest come first, but one passes another only when it is clearly busier: what is alike keeps its order.
 * `order` are the ids as they were, `rows` how much each has now; new ones come in and go who are no more.
 */
export function rank(order, rows) {
  const known = new Set(order);
  const ids = [...order.filter((id) => rows.has(id)), ...[...rows.keys()].filter((id) => !known.has(id))];
  for (let next = 1; next < ids.length; next += 1) {
    for (let at = next; at > 0 && isBusier(rows.get(ids[at]), rows.get(ids[at - 1])); at -= 1) {
      [ids[at - 1], ids[at]] = [ids[at], ids[at - 1]];
    }
  }
  return ids;
}

function isBusier(one, other) {
  return one > other * margin + least;
}
