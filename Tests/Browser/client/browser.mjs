// Debian's Chromium, driven by the Playwright of .venv (scripts/python-environment.sh), whose driver is a package for Node.
import { readdirSync } from "node:fs";

const library = new URL("../../../.venv/lib/", import.meta.url);

export async function launch() {
  const [python] = readdirSync(library);
  const { chromium } = await import(new URL(`${python}/site-packages/playwright/driver/package/index.mjs`, library));
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}
