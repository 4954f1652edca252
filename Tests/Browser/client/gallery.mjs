// What an app's component may look like, without JSX, for the server and the browser.
import { createElement } from "react";
import { useProject } from "scenesync/react";

export function Gallery({ id, options }) {
  const { document, status, live } = useProject(id, options);
  return createElement(
    "main",
    { "data-state": status.state, "data-live": live },
    (document?.scenes ?? []).map((scene, place) =>
      createElement("section", { key: place }, scene.imageUrls.map((url) => createElement("p", { key: url }, url))),
    ),
  );
}
