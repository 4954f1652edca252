import { readFileSync } from "node:fs";

/** The code blocks of the README: `{ kind, text }`. */
export function blocks() {
  const text = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, kind, text]) => ({ kind, text }));
}
