// The token of a reader: it comes as `#access_token=…` and leaves the address bar at once.
// Without one the browser's cookie speaks, or nobody has to.

const key = "scenesync.access_token";
const patience_ms = 10_000;
let token = inStorage((storage) => storage.getItem(key));

/** Takes the token out of the page's address and keeps it for this tab. Says whether there was one. */
export function takeToken() {
  const found = new URLSearchParams(location.hash.slice(1)).get("access_token");
  if (!found) return false;
  token = found;
  inStorage((storage) => storage.setItem(key, found));
  history.replaceState(history.state, "", location.pathname + location.search);
  return true;
}

/** Forgets a token that the server no longer takes, so that a cookie may speak. */
export function forgetToken() {
  token = null;
  inStorage((storage) => storage.removeItem(key));
}

/** The path of an event stream, which can bring its token in the query only. */
export function streamPath(path, query = {}) {
  const parameters = new URLSearchParams(token ? { ...query, access_token: token } : query).toString();
  return parameters === "" ? path : `${path}?${parameters}`;
}

/** The revision that a path has now; null where the answer has none. */
export async function readRevision(path) {
  const response = await ask(path, { method: "HEAD", cache: "no-cache" });
  return /^"(.*?)(?:-gzip)?"$/.exec(response.headers.get("etag") ?? "")?.[1] ?? null;
}

/** Reads a path as JSON. A status but 200 is answered as `{ status, detail, retryAfter }`. */
export async function read(path) {
  const response = await ask(path);
  const body = await response.json().catch(() => null);
  return {
    status: response.status,
    body,
    detail: typeof body?.detail === "string" ? body.detail : null,
    retryAfter: Number(response.headers.get("retry-after")) || 0,
  };
}

function ask(path, options = {}) {
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  return fetch(path, { ...options, headers, signal: AbortSignal.timeout(patience_ms) });
}

/** A browser may refuse its storage; then a token lasts as long as the page. */
function inStorage(action) {
  try {
    return action(sessionStorage) ?? null;
  } catch {
    return null;
  }
}
