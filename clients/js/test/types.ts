// Checked by tsc, never run: what the types promise and what they refuse.
import { readProject, subscribeProject, type Image, type ProjectState, type Status } from "scenesync";
import { useProject, type ProjectView } from "scenesync/react";

const id = "11111111-1111-4111-8111-111111111111";

export const end: () => void = subscribeProject(id);

subscribeProject(id, {
  baseUrl: "https://example.com",
  token: async ({ refresh }) => (refresh ? "new" : null),
  initial: { document: null, revision: null } as ProjectState,
  onChange: (document, { revision, live }) => [document?.scenes?.[0]?.imageUrls[0]?.length, revision?.length, live === true],
  onImage: (image: Image) => image.sceneIndex?.toFixed(),
  onStatus: ({ state, since }: Status) => since + (state === "polling"),
  share: "user",
  heartbeat: 5,
  pollInterval: 1,
  credentials: "include",
});

interface Story {
  title: string;
  scenes: { prompt: string; imageUrls: string[] }[];
}
const state: Promise<ProjectState<Story>> = readProject<Story>(id, { token: "t", signal: new AbortController().signal });
export const view: ProjectView<Story> = useProject<Story>(id, { onChange: (story) => story.scenes[0]?.prompt });
export const title: Promise<string> = state.then(({ document }) => document.title);

// @ts-expect-error: an id is a string
subscribeProject(1);
// @ts-expect-error: there is no such option
subscribeProject(id, { interval: 3 });
// @ts-expect-error: there is no such state
subscribeProject(id, { onStatus: ({ state }) => state === "offline" });
// @ts-expect-error: there may be no document yet
export const scenes = useProject<Story>(id).document.scenes;
