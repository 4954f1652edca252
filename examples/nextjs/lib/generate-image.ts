/** The app's own; here so that the example is whole. */
export async function generateImage(prompt: string): Promise<string> {
  const response = await fetch(process.env.IMAGE_GENERATOR_URL ?? "", { method: "POST", body: JSON.stringify({ prompt }) });
  if (!response.ok) throw new Error(`the image generator answered ${response.status}`);
  const { url } = (await response.json()) as { url: string };
  return url;
}
