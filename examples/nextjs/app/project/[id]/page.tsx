import { readProject } from "scenesync";
import { Gallery } from "./gallery";

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <Gallery id={id} initial={await readProject(id, { baseUrl: process.env.SCENESYNC_URL ?? "http://127.0.0.1:8787" })} />;
}
