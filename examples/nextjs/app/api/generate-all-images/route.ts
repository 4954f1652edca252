import { generateImage } from "../../../lib/generate-image";
import { json, Problem, readGenerations, readProject, saveImages } from "../../../lib/scenesync";

type Outcome = "saved" | "outdated" | "occupied" | "failed";

/** Generates an image for each scene that has none, all at once. They appear in open pages one by one, as they are saved. */
export async function POST(request: Request): Promise<Response> {
  const { projectId } = (await request.json()) as { projectId: string };
  try {
    // Before the work begins: a scene that is regenerated meanwhile has another generation by the time we save.
    const [project, generations] = await Promise.all([readProject(projectId), readGenerations(projectId)]);
    const scenes = (project.generated_output?.scenes ?? []).map((scene, place) => ({ ...scene, index: scene.index ?? place + 1 }));
    const outcomes = await Promise.all(
      scenes
        .filter(({ prompt, imageUrls }) => prompt !== undefined && imageUrls.length === 0)
        .map(async ({ index, prompt }) => {
          try {
            const imageUrl = await generateImage(prompt!);
            return await saveImageToDatabase(projectId, index, imageUrl, 0, generations[index]);
          } catch (error) {
            console.error(`scene ${index} of ${projectId}:`, error);
            return "failed";
          }
        }),
    );
    return json(outcomes.reduce((sum, outcome) => ({ ...sum, [outcome]: sum[outcome] + 1 }), { saved: 0, outdated: 0, occupied: 0, failed: 0 }));
  } catch (error) {
    if (error instanceof Problem) return error.response;
    throw error;
  }
}

/** Each image is a row of its own, so workers that save at the same time lose nothing. */
async function saveImageToDatabase(projectId: string, sceneIndex: number, imageUrl: string, imageIndex: number, generation?: number): Promise<Outcome> {
  try {
    await saveImages(projectId, [{ scene_index: sceneIndex, image_url: imageUrl, image_index: imageIndex, generation }]);
    return "saved";
  } catch (error) {
    // Somebody has asked for other images since, or has saved one first: this one is not wanted any more.
    if (error instanceof Problem && error.is("outdated-generation")) return "outdated";
    if (error instanceof Problem && error.is("occupied")) return "occupied";
    throw error;
  }
}
