// Lets modules of Node import Debian's React, and the hook by its package's name.
import { createRequire, register } from "node:module";
import { pathToFileURL } from "node:url";

export const debian = new URL("file:///usr/share/nodejs/");
process.env.NODE_PATH = debian.pathname;
createRequire(import.meta.url)("node:module").Module._initPaths();
const require = createRequire(debian);
const modules = {
  react: pathToFileURL(require.resolve("react")).href,
  "react-dom/server": pathToFileURL(require.resolve("react-dom/server")).href,
  scenesync: new URL("../../../clients/js/scenesync.js", import.meta.url).href,
  "scenesync/react": new URL("../../../clients/js/react.js", import.meta.url).href,
};
const hook = `
  const modules = ${JSON.stringify(modules)};
  export const resolve = (name, context, next) => next(modules[name] ?? name, context);
`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
