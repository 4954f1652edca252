"use client";

import type { ProjectState } from "scenesync";
import { useProject } from "scenesync/react";

export function Gallery({ id, initial }: { id: string; initial: ProjectState }) {
  const { document, status } = useProject(id, { initial });
  return (
    <main>
      {status.state !== "live" && <p role="status">{status.state}</p>}
      {(document?.scenes ?? []).map((scene, place) => (
        <section key={place}>
          <h2>{scene.prompt}</h2>
          {scene.imageUrls.map((url) => (
            <img key={url} src={url} alt={scene.prompt} />
          ))}
        </section>
      ))}
    </main>
  );
}
