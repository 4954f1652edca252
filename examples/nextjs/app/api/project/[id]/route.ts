import { json, Problem, readProject } from "../../../../lib/scenesync";

/** The project with the images of its scenes: the daemon has merged them. */
export async function GET(_request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const { id } = await params;
  try {
    return json(await readProject(id));
  } catch (error) {
    if (error instanceof Problem) return error.response;
    throw error;
  }
}
