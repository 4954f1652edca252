"use client";

import { useCallback, useMemo, useRef, useSyncExternalStore } from "react";
import { subscribeProject } from "./scenesync.js";

/** Follows a project while the component is there; on a server, and at first in a browser, it is `initial`. */
export function useProject(id, options = {}) {
  const { baseUrl, share } = options;
  // Callbacks and tokens are new in each rendering, which is no reason for a new stream.
  const latest = useRef(options);
  latest.current = options;
  const store = useMemo(() => new ProjectStore(id, latest), [id, baseUrl, share]);
  const subscribe = useCallback((changed) => store.subscribe(changed), [store]);
  return useSyncExternalStore(subscribe, () => store.view, () => store.initialView);
}

class ProjectStore {
  view;
  initialView;
  #id;
  #latest;

  constructor(id, latest) {
    const { document, revision = null } = latest.current.initial ?? {};
    this.#id = id;
    this.#latest = latest;
    this.view = this.initialView = { document, revision, live: false, status: { state: "connecting", since: "" } };
  }

  subscribe(changed) {
    const show = (change) => {
      this.view = { ...this.view, ...change };
      changed();
    };
    return subscribeProject(this.#id, {
      ...this.#latest.current,
      // What is shown, where a component comes back.
      initial: this.view.document === undefined ? undefined : { document: this.view.document, revision: this.view.revision },
      token: (wanted) => tokenOf(this.#latest.current.token, wanted),
      onChange: (document, change) => {
        show({ document, revision: change.revision });
        this.#latest.current.onChange?.(document, change);
      },
      onImage: (image) => this.#latest.current.onImage?.(image),
      onStatus: (status) => {
        if (status.state !== "closed") show({ status, live: status.state === "live" });
        this.#latest.current.onStatus?.(status);
      },
    });
  }
}

function tokenOf(token, wanted) {
  return typeof token === "function" ? token(wanted) : token;
}
