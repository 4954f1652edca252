import { json, Problem, regenerateImages } from "../../../lib/scenesync";

/** Empties the scenes, or all without `sceneIndexes`. Workers that are still at the old images can no longer save them. */
export async function POST(request: Request): Promise<Response> {
  const { projectId, sceneIndexes } = (await request.json()) as { projectId: string; sceneIndexes?: number[] };
  // An empty list is none, not all.
  if (sceneIndexes?.length === 0) return json({ deleted: 0, generations: {} });
  try {
    return json(await regenerateImages(projectId, sceneIndexes));
  } catch (error) {
    if (error instanceof Problem) return error.response;
    throw error;
  }
}
