// The merged project that one event stream describes. No page, no network: any client can use it.

/** What a reader has built from the events so far. */
export class Project {
  /** The merged `generated_output`; undefined until the first snapshot. */
  document;
  revision = null;
  #group = [];

  /**
   * Applies one event and says what it changed: "all", or the positions in `scenes`.
   * Scene events that belong together (all but the last have no revision) are applied together.
   */
  apply(name, data) {
    switch (name) {
      case "snapshot":
        this.#group = [];
        this.document = data.project.generated_output;
        this.revision = data.revision;
        return "all";
      case "scene":
        this.#group.push(data);
        return data.revision === null ? [] : this.#applyGroup(data.revision);
      case "ready":
        return this.#applyGroup(data.revision);
      default:
        return [];
    }
  }

  /** The stream broke: what lacks its last event is sent again to who resumes. */
  interrupt() {
    this.#group = [];
  }

  #applyGroup(revision) {
    const scenes = scenesOf(this.document);
    const changed = new Set();
    for (const { positions, imageUrls } of this.#group) {
      for (const position of positions) {
        if (!isObject(scenes[position])) continue;
        scenes[position].imageUrls = imageUrls;
        changed.add(position);
      }
    }
    this.#group = [];
    this.revision = revision;
    return [...changed];
  }
}

export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The elements of `scenes`; none where the document has no such array. */
export function scenesOf(document) {
  return isObject(document) && Array.isArray(document.scenes) ? document.scenes : [];
}

/** The project's title if it has one that says something. */
export function titleOf(document) {
  return isObject(document) ? text(document.title) : null;
}

/** What a scene's `imageUrls` hold; an element that is no scene has none. */
export function picturesOf(scene) {
  return isObject(scene) && Array.isArray(scene.imageUrls) ? scene.imageUrls : [];
}

export function countsOf(document) {
  const scenes = scenesOf(document);
  const images = scenes.reduce((sum, scene) => sum + picturesOf(scene).length, 0);
  return { scenes: scenes.length, images };
}

/** The number a scene goes by, and whether rows can belong to it: `"2"`, `2.5` and `true` match none. */
export function numberOf(scene, position) {
  const index = isObject(scene) ? (scene.index ?? null) : null;
  if (index === null) return { label: String(position + 1), matchesRows: isObject(scene) };
  if (Number.isInteger(index)) return { label: String(index), matchesRows: true };
  return { label: clip(JSON.stringify(index), 40), matchesRows: false };
}

/** The words of a scene that a reader wants to see, by key. */
export function wordsOf(scene) {
  if (!isObject(scene)) return {};
  return { title: text(scene.title), prompt: text(scene.prompt), narration: text(scene.narration) };
}

/** Why there is no scene to show, or null if there is one. */
export function emptiness(document) {
  if (document === null) return "The project exists, and nothing has been generated for it yet.";
  if (!isObject(document)) return "The project’s document is not an object, so it has no scenes.";
  if (document.scenes === undefined || document.scenes === null) return "The project’s document has no scenes yet.";
  if (!Array.isArray(document.scenes)) return "The project’s scenes are not a list, so there is none to show.";
  return document.scenes.length === 0 ? "The project’s list of scenes is still empty." : null;
}

/** The address of a picture if it is one that a page may load (http, https, data:image, relative), else null. */
export function pictureSource(url, base) {
  if (typeof url !== "string" || url.trim() === "") return null;
  let address;
  try {
    address = new URL(url, base);
  } catch {
    return null;
  }
  if (address.protocol === "http:" || address.protocol === "https:") return address.href;
  return /^data:image\//i.test(address.href) ? address.href : null;
}

/** At most `length` characters, with an ellipsis where some are left out, never half of a surrogate pair. */
export function clip(string, length) {
  return string.length <= length ? string : string.slice(0, length).toWellFormed().replace(/\uFFFD$/, "") + "…";
}

/** One key per element, equal ones told apart by their occurrence: what a list is matched by. */
export function occurrences(names) {
  const seen = new Map();
  return names.map((name) => {
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return `${count} ${name}`;
  });
}

function text(value) {
  return typeof value === "string" && value.trim() !== "" ? value : null;
}
