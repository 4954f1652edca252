// The server's side: the daemon's write API, and reads for rendering. The browser uses clients/js.

export interface Image {
  scene_index: number;
  image_url: string;
  /** Absent: 0. "next": the scene's next free place. */
  image_index?: number | "next";
  /** The scene's when the work began. A save that names an old one is refused. */
  generation?: number;
}

export interface SavedImage {
  id: string;
  project_id: string;
  scene_index: number;
  image_index: number;
  image_url: string;
  generation: number;
  created_at: string;
  updated_at: string;
}

export interface Scene {
  index?: number | null;
  prompt?: string;
  imageUrls: string[];
}

export interface Project {
  id: string;
  generated_output: { title?: string; scenes?: Scene[] } | null;
}

/** A refusal of the daemon's, as RFC 9457 has it. */
export class Problem extends Error {
  constructor(readonly status: number, readonly body: { type?: string; title?: string; detail?: string }) {
    super(body.detail ?? body.title ?? `the daemon answered ${status}`);
  }

  /** What to answer the browser. */
  get response(): Response {
    return json(this.body, this.status, "application/problem+json");
  }

  /** `occupied`, `outdated-generation`, … */
  is(name: string): boolean {
    return this.body.type?.endsWith(`/${name}`) ?? false;
  }
}

export function json(body: unknown, status = 200, type = "application/json"): Response {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": type, "Cache-Control": "private, no-cache" } });
}

export function readProject(id: string): Promise<Project> {
  return ask("GET", projectPath(id));
}

/** Of each scene: a number that grows when its images are regenerated. */
export function readGenerations(id: string): Promise<Record<string, number>> {
  return ask("GET", `${projectPath(id)}/generations`);
}

/** Saves all or none; an occupied place or an outdated generation is a Problem of status 409. */
export async function saveImages(id: string, images: Image[]): Promise<SavedImage[]> {
  // The same key for the second try: what the first has saved is answered, not refused as occupied.
  const key = crypto.randomUUID();
  const save = () => ask<{ images: SavedImage[] }>("POST", `${projectPath(id)}/images`, images, { "Idempotency-Key": key });
  const { images: saved } = await save().catch((error) => {
    if (error instanceof Problem && error.status < 500) throw error;
    return save();
  });
  return saved;
}

/** Saves all, over what is there. */
export async function putImages(id: string, images: Image[]): Promise<SavedImage[]> {
  const { images: saved } = await ask<{ images: SavedImage[] }>("PUT", `${projectPath(id)}/images`, images);
  return saved;
}

/**
 * Empties these scenes, or all. A plain DELETE would leave a project that has its images only in its JSONB as it is:
 * it deletes no row, so no trigger learns that they are unwanted, and reads go on falling back to them.
 */
export function regenerateImages(id: string, scenes: number[] = []): Promise<{ deleted: number; generations: Record<string, number> }> {
  const query = scenes.map((scene) => `scene_index=${scene}`).join("&");
  return ask("DELETE", `${projectPath(id)}/images${query && `?${query}`}`);
}

function projectPath(id: string): string {
  return `/v1/projects/${encodeURIComponent(id)}`;
}

async function ask<Answer>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const { SCENESYNC_URL = "http://127.0.0.1:8787", SCENESYNC_TOKEN } = process.env;
  if (SCENESYNC_TOKEN) headers = { ...headers, Authorization: `Bearer ${SCENESYNC_TOKEN}` };
  if (body !== undefined) headers = { ...headers, "Content-Type": "application/json" };
  // Next.js would keep answers of GET.
  const response = await fetch(SCENESYNC_URL + path, { method, headers, body: JSON.stringify(body), cache: "no-store" });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(response.status, answer);
  return answer as Answer;
}
