// The merged state of a project, live: one file, no dependencies, for browsers and Node 18 or later.

const readWithin_ms = 10_000;
const answerWithin_ms = 2_000;
const refusedStates = ["deleted", "unauthorized"];

/**
 * Follows a project until the function that this returns is called.
 *
 * The stream is read by `fetch`, not by `EventSource`: that one gives up for good at any status but 200 and cannot say
 * which it was, sends no Authorization header (a token in the address ends up in logs), and hides the heartbeats, whose
 * absence betrays a proxy that buffers. One way for all is smaller than two.
 */
export function subscribeProject(id, options = {}) {
  const subscription = new Subscription(address(id, options), options);
  return () => subscription.close();
}

/** Reads a project once: what `initial` wants. An answer that is not 200 throws an error with its `status`. */
export async function readProject(id, options = {}) {
  const url = address(id, options);
  const { credentials, signal } = options;
  const response = await fetch(url, { headers: await authorization(options), credentials, signal, cache: "no-cache" });
  if (!response.ok) throw Object.assign(new Error(`${url} answered ${response.status}`), { status: response.status });
  const { generated_output: document } = await response.json();
  return { document, revision: revisionOf(response) };
}

/** One caller's view of a project: kept by its own feed, or by what the tab tells that has one. */
class Subscription {
  #options;
  #project;
  #status = { state: "connecting", since: now() };
  #feed;
  #tabs = null;
  #isClosed = false;
  #listeners = [
    [globalThis.document, "visibilitychange", () => globalThis.document.visibilityState === "visible" && this.check()],
    [globalThis.window, "online", () => this.check()],
    [globalThis.window, "pagehide", () => this.#suspend()],
    [globalThis.window, "pageshow", (event) => event.persisted && this.#resume()],
  ];

  constructor(url, options) {
    this.#options = options;
    this.#project = new Project(options.initial);
    this.#feed = new Feed(url, options, this.#project, {
      change: (change) => this.#apply(change),
      status: (state, since) => this.#become(state, since),
    });
    const canShare = options.share !== false && globalThis.navigator?.locks && globalThis.BroadcastChannel && globalThis.location;
    // Numbered, as tabs with a client of before speak otherwise.
    if (canShare) this.#tabs = new Tabs(`scenesync 2 ${options.share ?? true} ${new URL(url, location.href)}`, heartbeat_ms(options), this);
    for (const [target, name, listener] of this.#listeners) target?.addEventListener(name, listener);
    // Not before the caller holds what ends it.
    queueMicrotask(() => {
      this.#call(options.onStatus, { ...this.#status });
      this.#resume();
    });
  }

  close() {
    if (this.#isClosed) return;
    for (const [target, name, listener] of this.#listeners) target?.removeEventListener(name, listener);
    this.#suspend("closed");
    this.#isClosed = true;
  }

  get revision() {
    return this.#project.revision;
  }

  get status() {
    return this.#status;
  }

  lead() {
    // What the last one had is not this one's yet.
    this.#become("connecting");
    this.#tabs?.say({ status: this.#status });
    this.#feed.start();
  }

  leadAlone() {
    this.#tabs.leave();
    this.#tabs = null;
    this.lead();
  }

  follow() {
    this.#feed.stop();
  }

  check() {
    if (this.#feed.isRunning) this.#feed.check();
    else this.#tabs?.check();
  }

  look() {
    return this.#feed.look();
  }

  /** What a tab lacks that has `revision`; null where that may be newer than what is here, unless this has looked since. */
  stateSince(revision, hasLooked = false) {
    const { document, revision: own, isKnown } = this.#project;
    const status = this.#status;
    if (!isKnown || (revision !== null && revision === own)) return { status };
    if (revision !== null && !this.#project.hasPassed(revision)) {
      if (!hasLooked) return null;
      if (refusedStates.includes(status.state)) return { status };
    }
    return { status, change: { document, revision: own, from: revision } };
  }

  /** Takes what the leading tab tells. False if it does not follow from what is here. */
  hear({ status, change }) {
    if (change && (change.revision === null || change.revision !== this.#project.revision)) {
      if (change.from !== this.#project.revision) return false;
      this.#apply(change);
    }
    if (status) this.#become(status.state, status.since);
    return true;
  }

  #apply(change) {
    const from = this.#project.revision;
    const images = this.#project.apply(change);
    this.#tabs?.say({ change: { ...change, from } });
    if (images === null) return;
    const { document, revision } = this.#project;
    this.#call(this.#options.onChange, document, { revision, live: this.#status.state === "live" });
    for (const image of images) this.#call(this.#options.onImage, image);
  }

  #become(state, since) {
    if (state === this.#status.state && (since ?? this.#status.since) === this.#status.since) return;
    this.#status = { state, since: since ?? now() };
    this.#tabs?.say({ status: this.#status });
    this.#call(this.#options.onStatus, { ...this.#status });
  }

  #resume() {
    if (this.#isClosed) return;
    if (this.#tabs) this.#tabs.join();
    else this.lead();
  }

  #suspend(state = "connecting") {
    this.#feed.stop();
    this.#tabs?.leave();
    this.#become(state);
  }

  /** A callback's error is reported, and ends nothing. */
  #call(callback, ...values) {
    if (this.#isClosed) return;
    try {
      callback?.(...values);
    } catch (error) {
      (globalThis.reportError ?? console.error)(error);
    }
  }
}

/** What the changes so far have built. Each state is a new object that shares with the last what is equal. */
class Project {
  document;
  revision;
  #passed = new Set();

  constructor(initial) {
    this.document = initial?.document;
    this.revision = initial?.revision ?? null;
  }

  get isKnown() {
    return this.document !== undefined;
  }

  hasPassed(revision) {
    return this.#passed.has(revision);
  }

  /** The images that have appeared by it, none in a first state; null if the document is as before. */
  apply({ document, scenes, revision }) {
    const before = this.document;
    if (scenes === undefined) this.document = shared(before, document);
    else if (this.isKnown) this.document = withScenes(before, scenes);
    if (this.revision !== null) this.#passed.add(this.revision);
    if (this.#passed.size > 300) this.#passed.delete(this.#passed.values().next().value);
    this.revision = revision;
    if (this.document === before) return null;
    return before === undefined ? [] : appeared(before, this.document);
  }
}

/** A tab's way to the daemon: the stream, or reads where no stream comes through. */
class Feed {
  #url;
  #options;
  #project;
  #tell;
  #heartbeat_ms;
  #run = null;
  #requests = new Set();
  /** The one that has brought something. */
  #stream = null;
  #lastByte = 0;
  #looks = [];
  #refresh = false;
  #wake = () => {};

  constructor(url, options, project, tell) {
    this.#url = url;
    this.#options = options;
    this.#project = project;
    this.#tell = tell;
    this.#heartbeat_ms = heartbeat_ms(options);
  }

  get isRunning() {
    return this.#run !== null;
  }

  start() {
    if (this.isRunning) return;
    const run = (this.#run = {});
    this.#follow(() => this.#run === run);
  }

  stop() {
    this.#run = null;
    for (const request of this.#requests) request.abort("stopped");
    this.#wake();
    this.#looked(Infinity);
  }

  /** Looks again. Resolves when a read or a stream that has begun since has told how it is; or when this is stopped. */
  look() {
    const looked = new Promise((resolve) => this.#looks.push({ asked: Date.now(), resolve }));
    this.check();
    return looked;
  }

  /** Somebody looks again, or the network is back: is the stream still true? */
  async check() {
    this.#wake();
    const stream = this.#stream;
    const asked = Date.now();
    if (stream === null) return;
    if (asked - this.#lastByte > 1.2 * this.#heartbeat_ms) return stream.abort("again");
    const answer = await this.#ask("HEAD", "no-cache").catch(() => null);
    if (answer === null) return;
    if (!answer.ok || answer.revision !== this.#project.revision) {
      // What the read knows may be under way on the stream, but not for long.
      await new Promise((resolve) => setTimeout(resolve, 500));
      if (this.#lastByte <= asked) return stream.abort("again");
    }
    if (answer.ok) this.#looked(asked);
  }

  #looked(began) {
    this.#looks = this.#looks.filter(({ asked, resolve }) => began < asked || resolve());
  }

  /** Ends when it is stopped. */
  async #follow(isOn) {
    let failures = 0;
    let refusals = 0;
    let absences = 0;
    while (isOn()) {
      const { end, isComplete, lasted_ms, retry_ms } = await this.#listen(new AbortController());
      if (!isOn()) return;
      if (isComplete) failures = absences = 0;
      // A token that has expired as soon as it was shown is as good as refused.
      if (isComplete && lasted_ms > this.#heartbeat_ms) refusals = 0;
      if (end === "again") {
        this.#tell.status("connecting");
        continue;
      }
      if (end === "deleted") {
        // It may come back, or the right to see it.
        await this.#halt("deleted", lasted_ms, backoff(absences++, 15_000, 300_000));
        continue;
      }
      if (end === "expired" || end === "unauthorized") {
        this.#refresh = true;
        if (refusals++ === 0) continue;
        await this.#halt("unauthorized", lasted_ms, backoff(refusals - 1, 2_500, 60_000));
        continue;
      }
      failures += 1;
      this.#tell.status("connecting");
      const isBack = (end === "silent" || failures > 1) && (await this.#poll(isOn));
      if (!isOn()) return;
      if (isBack) {
        failures = 0;
        continue;
      }
      this.#tell.status("connecting");
      await this.#pause(Math.max(retry_ms, backoff(failures, 500, 30_000)));
    }
  }

  async #halt(state, lasted_ms, wait_ms) {
    this.#tell.status(state);
    this.#looked(Date.now() - lasted_ms);
    await this.#pause(wait_ms);
  }

  /**
   * One stream until its end: ended, failed, silent, deleted, expired, unauthorized, again, stopped.
   * One on trial tells nothing, and its end is "proven" when more has come some time after its `ready`.
   */
  async #listen(request, isTrial = false) {
    const opened = Date.now();
    let lastByte = opened;
    let ready = Infinity;
    let group = [];
    // The first bytes come at once, later ones with every heartbeat.
    let limit_ms = Math.min(5_000, 2 * this.#heartbeat_ms);
    let timer;
    const watch = () => {
      const left_ms = lastByte + limit_ms - Date.now();
      if (left_ms <= 0) request.abort("silent");
      else timer = setTimeout(watch, left_ms);
    };
    const takeGroup = (revision) => {
      this.#tell.change({ scenes: group, revision });
      group = [];
    };
    const take = (event, data) => {
      if (request.signal.aborted) return;
      if (event === "deleted" || event === "expired") return request.abort(event);
      if (event === "ready") ready = Math.min(ready, Date.now());
      if (isTrial) return;
      switch (event) {
        case "snapshot":
          group = [];
          return this.#tell.change({ document: data.project.generated_output, revision: data.revision });
        case "scene":
          // Those that belong together have no revision, but for the last.
          group.push({ positions: data.positions, imageUrls: data.imageUrls });
          return data.revision === null ? undefined : takeGroup(data.revision);
        case "ready":
          if (group.length > 0 || data.revision !== this.#project.revision) takeGroup(data.revision);
          this.#tell.status("live");
          this.#looked(opened);
          // Who has asked since wants to know more.
          return this.#looks.length > 0 ? this.check() : undefined;
        case "stale":
          return this.#tell.status("stale", data.since);
      }
    };
    const events = new EventParser(take);

    this.#requests.add(request);
    let end = "ended";
    let retry_ms = 0;
    try {
      watch();
      const { revision } = this.#project;
      const response = await this.#fetch(revision === null ? "/events" : `/events?last_event_id=${encodeURIComponent(revision)}`, {
        signal: request.signal,
        cache: "no-store",
      });
      retry_ms = 1000 * (Number(response.headers.get("Retry-After")) || 0);
      const refusal = { 401: "unauthorized", 403: "unauthorized", 404: "deleted" }[response.status];
      if (refusal) request.abort(refusal);
      else if (response.status !== 200 || !response.headers.get("Content-Type")?.startsWith("text/event-stream")) request.abort("failed");
      const reader = response.body.getReader();
      const decoder = new TextDecoder();
      for (let chunk; !request.signal.aborted && !(chunk = await reader.read()).done; ) {
        lastByte = Date.now();
        limit_ms = 2.5 * this.#heartbeat_ms;
        if (!isTrial) [this.#stream, this.#lastByte] = [request, lastByte];
        // A buffer that was emptied brings everything at one time.
        else if (lastByte - ready > 200) request.abort("proven");
        events.push(decoder.decode(chunk.value, { stream: true }));
      }
    } catch {
      end = "failed";
    }
    clearTimeout(timer);
    this.#requests.delete(request);
    if (this.#stream === request) this.#stream = null;
    if (request.signal.aborted) end = request.signal.reason;
    else request.abort("over");
    return { end, isComplete: ready < Infinity, lasted_ms: Date.now() - opened, retry_ms: events.retry_ms ?? retry_ms };
  }

  /** Reads instead, until a stream on trial has come through (true) or a read fails too (false). */
  async #poll(isOn) {
    let trial = null;
    let trials = 0;
    let nextTrial = 0;
    let isProven = false;
    const isPolling = () => isOn() && !isProven;
    // It is looked at, never applied: what a buffer has held back may be older than what was read.
    const startTrial = async () => {
      trial = new AbortController();
      const { end } = await this.#listen(trial, true);
      trial = null;
      nextTrial = Date.now() + backoff(trials++, 4 * this.#heartbeat_ms, 40 * this.#heartbeat_ms);
      isProven = end === "proven";
      if (isProven) this.#wake();
    };
    while (isPolling() && (await this.#read(isPolling).catch(() => false))) {
      if (trial === null && Date.now() >= nextTrial) startTrial();
      await this.#pause(1000 * (this.#options.pollInterval ?? 3));
    }
    trial?.abort("stopped");
    return isProven;
  }

  /** Asks for the revision, and for the project where that is another. False if there was no answer to use. */
  async #read(isPolling) {
    const began = Date.now();
    const head = await this.#ask("HEAD", "no-cache");
    if (!isPolling() || !head.ok) return isPolling() ? false : true;
    let { isStale } = head;
    if (head.revision === null || head.revision !== this.#project.revision) {
      // Behind a balancer, another daemon's cache may be older than what is here: no-store has it ask the database.
      const answer = await this.#ask("GET", this.#project.isKnown ? "no-store" : "no-cache");
      if (!isPolling()) return true;
      if (answer.ok) this.#tell.change({ document: answer.document, revision: answer.revision });
      else if (answer.status === 503) isStale = true;
      else return false;
    }
    this.#tell.status(isStale ? "stale" : "polling");
    if (!isStale) this.#looked(began);
    return true;
  }

  async #ask(method, cache) {
    const request = new AbortController();
    const timer = setTimeout(() => request.abort("silent"), readWithin_ms);
    this.#requests.add(request);
    try {
      const response = await this.#fetch("", { method, cache, signal: request.signal });
      const { ok, status } = response;
      const document = method === "GET" && ok ? (await response.json()).generated_output : undefined;
      const isStale = /detail=stale/.test(response.headers.get("Cache-Status") ?? "");
      return { ok, status, revision: revisionOf(response), isStale, document };
    } finally {
      clearTimeout(timer);
      this.#requests.delete(request);
    }
  }

  async #fetch(path, init) {
    const isFresh = this.#refresh;
    const headers = await authorization(this.#options, isFresh);
    const response = await fetch(this.#url + path, { ...init, headers, credentials: this.#options.credentials });
    // The token has been looked at, and taken.
    if (isFresh && response.status < 500 && ![401, 403].includes(response.status)) this.#refresh = false;
    return response;
  }

  /** Ends early when it is woken. */
  #pause(wait_ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, wait_ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/**
 * The tabs of a browser that follow one project: who holds the lock has the stream and tells the others. A browser has
 * six connections to a host, so six tabs with a stream each would leave none for anything else.
 */
class Tabs {
  #name;
  #heartbeat_ms;
  #tab;
  #self = crypto.randomUUID();
  #channel = null;
  #turn = null;
  #leads = false;
  #term = 0;
  #lastHeard = 0;
  /** Who waits for an answer, and since when he was last looked for. */
  #owed = new Map();
  #timer;

  constructor(name, heartbeat_ms, tab) {
    this.#name = name;
    this.#heartbeat_ms = heartbeat_ms;
    this.#tab = tab;
  }

  join() {
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.addEventListener("message", ({ data }) => this.#hear(data));
    this.#queue({ steal: false });
    this.check();
    this.#timer = setInterval(() => Date.now() - this.#lastHeard >= this.#heartbeat_ms && this.check(false), this.#heartbeat_ms);
  }

  leave() {
    clearInterval(this.#timer);
    this.#leads = false;
    this.#turn?.end();
    this.#turn = null;
    this.#channel?.close();
    this.#channel = null;
  }

  say(message) {
    if (this.#leads) this.#channel.postMessage({ term: this.#term, ...message });
  }

  /**
   * Asks whether anything was missed; `looks` says that somebody looks at this tab, or the network is back. A leader that
   * does not answer sleeps, as tabs of a phone do: its lock is taken away.
   */
  check(looks = true) {
    if (this.#leads) return;
    const asked = Date.now();
    const turn = this.#turn;
    this.#ask(looks);
    setTimeout(() => {
      if (this.#turn === turn && !this.#leads && this.#lastHeard < asked) this.#queue({ steal: true });
    }, answerWithin_ms);
  }

  #ask(looks = false) {
    this.#channel?.postMessage({ asks: this.#self, revision: this.#tab.revision, looks });
  }

  #queue({ steal }) {
    this.#turn?.end();
    const waiting = new AbortController();
    let release;
    const released = new Promise((resolve) => (release = resolve));
    const turn = (this.#turn = { end: () => (waiting.abort(), release()) });
    const lead = () => {
      if (this.#turn !== turn) return;
      this.#leads = true;
      this.#term = Math.max(this.#term + 1, Date.now());
      this.#tab.lead();
      return released;
    };
    navigator.locks.request(this.#name, steal ? { steal } : { signal: waiting.signal }, lead).catch((error) => {
      if (this.#turn !== turn) return;
      // Locks are not for every page: a sandboxed frame, or one that may store nothing, has no right to them.
      if (error.name !== "AbortError") return this.#tab.leadAlone();
      // Taken away while this tab slept.
      this.#leads = false;
      this.#tab.follow();
      this.#queue({ steal: false });
      this.check();
    });
  }

  #hear(message) {
    if (message.asks !== undefined) return this.#leads ? this.#answer(message) : undefined;
    // A leader that was asleep does not know yet that it has been replaced.
    if (this.#leads || message.term < this.#term) return;
    this.#term = message.term;
    this.#lastHeard = Date.now();
    if (message.to !== undefined && message.to !== this.#self) return;
    if (!this.#tab.hear(message)) this.#ask();
  }

  /**
   * Pages have what the stream has yet to bring, and come when a pause should be over. So who leads looks again before it
   * tells what may be older than the page, or that there is no project, or no right.
   */
  async #answer({ asks, revision, looks }) {
    const { status } = this.#tab;
    const isRefused = looks && refusedStates.includes(status.state);
    const state = isRefused ? null : this.#tab.stateSince(revision);
    if (state !== null) {
      this.say({ to: asks, ...state });
      if (looks && status.state !== "live") this.#tab.check();
      return;
    }
    // It hears at once that somebody leads.
    this.say({ to: asks, status: isRefused || status.state === "live" ? undefined : status });
    const since = this.#owed.get(asks);
    if (Date.now() - since < this.#heartbeat_ms) return;
    this.#owed.set(asks, Date.now());
    if (since !== undefined) return this.#tab.check();
    await this.#tab.look();
    this.#owed.delete(asks);
    this.say({ to: asks, ...this.#tab.stateSince(revision, true) });
  }
}

/** The lines of an event stream, however they are cut, made into events. */
class EventParser {
  retry_ms = null;
  #take;
  #rest = "";
  #event = "";
  #data = null;

  constructor(take) {
    this.#take = take;
  }

  push(text) {
    const lines = text.split("\n");
    lines[0] = this.#rest + lines[0];
    this.#rest = lines.pop();
    for (const line of lines) this.#line(line.endsWith("\r") ? line.slice(0, -1) : line);
  }

  #line(line) {
    if (line === "") return this.#end();
    const [, field, value] = /^([^:]*)(?:: ?(.*))?$/s.exec(line);
    if (field === "event") this.#event = value;
    if (field === "data") this.#data = this.#data === null ? value : `${this.#data}\n${value}`;
    if (field === "retry" && /^\d+$/.test(value)) this.retry_ms = Number(value);
  }

  #end() {
    const [event, data] = [this.#event, this.#data];
    [this.#event, this.#data] = ["", null];
    if (data !== null) this.#take(event, JSON.parse(data));
  }
}

function address(id, { baseUrl = "" }) {
  if (!/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(id)) throw new TypeError(`no project id: ${id}`);
  return `${baseUrl.replace(/\/+$/, "")}/v1/projects/${id.toLowerCase()}`;
}

async function authorization({ token }, refresh = false) {
  const value = typeof token === "function" ? await token({ refresh }) : token;
  return value ? { Authorization: `Bearer ${value}` } : {};
}

/** Null where a page of another origin may not see it. */
function revisionOf(response) {
  return /^(?:W\/)?"(.*?)(?:-gzip)?"$/.exec(response.headers.get("ETag") ?? "")?.[1] ?? null;
}

function heartbeat_ms({ heartbeat = 15 }) {
  return 1000 * heartbeat;
}

/** A wait that doubles, never the same for two clients. */
function backoff(attempts, first_ms, longest_ms) {
  return Math.min(first_ms * 2 ** attempts, longest_ms) * (0.5 + Math.random() / 2);
}

function now() {
  return new Date().toISOString();
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function scenesOf(document) {
  return isObject(document) && Array.isArray(document.scenes) ? document.scenes : [];
}

/** `next`, with every part of `before` that is equal to it in its place. */
function shared(before, next) {
  if (before === next) return before;
  const areArrays = Array.isArray(before) && Array.isArray(next);
  if (!areArrays && !(isObject(before) && isObject(next))) return next;
  const keys = Object.keys(next);
  let isEqual = keys.length === Object.keys(before).length;
  const result = areArrays ? [] : {};
  for (const key of keys) {
    const value = Object.hasOwn(before, key) ? shared(before[key], next[key]) : next[key];
    // Not by assignment: a key may be "__proto__".
    Object.defineProperty(result, key, { value, writable: true, enumerable: true, configurable: true });
    isEqual &&= Object.hasOwn(before, key) && value === before[key];
  }
  return isEqual ? before : result;
}

/** The document after scene events; those of scenes that it does not have come again in a snapshot when it does. */
function withScenes(document, changes) {
  const scenes = [...scenesOf(document)];
  let isChanged = false;
  for (const { positions, imageUrls } of changes) {
    for (const position of positions) {
      if (!isObject(scenes[position])) continue;
      const urls = shared(scenes[position].imageUrls, imageUrls);
      if (urls === scenes[position].imageUrls) continue;
      scenes[position] = { ...scenes[position], imageUrls: urls };
      isChanged = true;
    }
  }
  return isChanged ? { ...document, scenes } : document;
}

/** The images of `after` that `before` lacks, by scene and address; those that two scenes share count once. */
function appeared(before, after) {
  const known = places(before);
  return [...places(after)].filter(([key]) => !known.has(key)).map(([, image]) => image);
}

function places(document) {
  const images = new Map();
  scenesOf(document).forEach((scene, place) => {
    if (!isObject(scene) || !Array.isArray(scene.imageUrls)) return;
    const index = scene.index ?? place + 1;
    const sceneIndex = Number.isInteger(index) ? index : null;
    const seen = new Map();
    scene.imageUrls.forEach((url, position) => {
      const count = (seen.get(url) ?? 0) + 1;
      seen.set(url, count);
      const key = JSON.stringify([sceneIndex ?? { place }, count, url]);
      if (!images.has(key)) images.set(key, { sceneIndex, position, url });
    });
  });
  return images;
}
