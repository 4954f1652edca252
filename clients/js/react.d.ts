import type { ProjectDocument, Status, SubscribeOptions } from "./scenesync.js";

export interface ProjectView<Document = ProjectDocument> {
  /** Undefined until there is one, which with `initial` it always is. */
  document: Document | undefined;
  revision: string | null;
  live: boolean;
  status: Status;
}

/**
 * Follows a project while the component is there; on a server, and at first in a browser, it is `initial`.
 * A new `id`, `baseUrl` or `share` is a new subscription; new callbacks and tokens are not.
 */
export function useProject<Document = ProjectDocument>(id: string, options?: SubscribeOptions<Document>): ProjectView<Document>;
