/** A merged project: the app's `generated_output` with the `imageUrls` of its rows. It is never changed, only replaced. */
export type ProjectDocument = {
  title?: unknown;
  scenes?: Scene[];
  [key: string]: unknown;
} | null;

export interface Scene {
  index?: number | null;
  imageUrls: string[];
  // The app's own: prompt, narration and whatever else it stores.
  [key: string]: any;
}

/** A project as it was at some moment. Without a revision the first event brings all of it again. */
export interface ProjectState<Document = ProjectDocument> {
  document: Document;
  revision: string | null;
}

export interface Change {
  revision: string | null;
  /** Whether changes arrive as they happen. */
  live: boolean;
}

export interface Image {
  /** The scene's number; null for a scene whose `index` is no integer. */
  sceneIndex: number | null;
  /** The place in the scene's `imageUrls`. */
  position: number;
  url: string;
}

export interface Status {
  /**
   * - `connecting`: there is no connection yet, or none now
   * - `live`: changes arrive as they happen
   * - `stale`: the daemon has lost its database; what is shown was true at `since`
   * - `polling`: no stream comes through here; changes arrive every few seconds
   * - `deleted`: there is no such project, or no right to see it; asked again now and then
   * - `unauthorized`: the token is refused, and so was a fresh one; asked again now and then
   * - `closed`: the subscription has been ended
   */
  state: "connecting" | "live" | "stale" | "polling" | "deleted" | "unauthorized" | "closed";
  /** RFC 3339. */
  since: string;
}

/** A bearer token, or how to get one: asked before each request; `refresh` says that the last one is no good any more. */
export type Token = string | ((wanted: { refresh: boolean }) => string | null | undefined | Promise<string | null | undefined>);

export interface RequestOptions {
  /** Where the daemon is. Default: where the page came from. */
  baseUrl?: string;
  token?: Token;
  /** As for `fetch`: `"include"` sends cookies to another origin. */
  credentials?: RequestCredentials;
}

export interface SubscribeOptions<Document = ProjectDocument> extends RequestOptions {
  /** What has been read already. `onImage` tells of images that it lacks. */
  initial?: ProjectState<Document>;
  /** Each new state. Not for `initial`. */
  onChange?(document: Document, change: Change): void;
  /** Each image that appears, once; not those of the first state. */
  onImage?(image: Image): void;
  onStatus?(status: Status): void;
  /** Seconds; the daemon's `--heartbeat`. Default: 15. */
  heartbeat?: number;
  /** Seconds between reads where no stream comes through. Default: 3. */
  pollInterval?: number;
  /** Whether tabs share a stream. A string, such as the user's id, shares among the tabs that give the same. Default: true. */
  share?: boolean | string;
}

/** Follows a project until the function that this returns is called. Throws a TypeError for what is no UUID. */
export function subscribeProject<Document = ProjectDocument>(id: string, options?: SubscribeOptions<Document>): () => void;

/** Reads a project once. An answer that is not 200 throws an error with its `status`. */
export function readProject<Document = ProjectDocument>(
  id: string,
  options?: RequestOptions & { signal?: AbortSignal },
): Promise<ProjectState<Document>>;
