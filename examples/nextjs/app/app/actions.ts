"use server";

import { putImages } from "../../lib/scenesync";

/** Makes these the first images of a scene, over what is at their places. */
export async function updateProjectImages(projectId: string, sceneIndex: number, imageUrls: string[]): Promise<void> {
  if (imageUrls.length === 0) return;
  await putImages(
    projectId,
    imageUrls.map((image_url, image_index) => ({ scene_index: sceneIndex, image_url, image_index })),
  );
}
