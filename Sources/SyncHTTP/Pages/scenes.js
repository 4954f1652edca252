import { make, match, place, setText } from "./elements.js";
import { Picture } from "./picture.js";
import { clip, isObject, numberOf, occurrences, picturesOf, wordsOf } from "./project.js";
import { plural } from "./words.js";

const shownWords = 5_000;
const foldedWords = 300;

/**
 * The list of scenes on the page. It keeps every element whose scene or picture is still there: a picture
 * that was loaded is never loaded again, and only what is new makes an entrance.
 */
export class SceneList {
  #list;
  #cards = new Map();
  #order = [];
  #isFirst = true;

  constructor(list) {
    this.#list = list;
  }

  /** Shows all scenes anew. Answers how many pictures came and went. */
  showAll(scenes) {
    const keys = occurrences(scenes.map((scene, position) => numberOf(scene, position).label));
    const { kept, gone } = match(keys, this.#cards, () => new SceneCard());
    for (const card of gone) card.element.remove();
    this.#cards = kept;
    this.#order = [...kept.values()];
    place(this.#list, this.#order);
    return this.#show(scenes, scenes.keys(), gone.reduce((sum, card) => sum + card.size, 0));
  }

  /** Shows those scenes anew whose pictures have changed. */
  showSome(scenes, positions) {
    return this.#show(scenes, positions, 0);
  }

  #show(scenes, positions, alreadyRemoved) {
    const total = { added: 0, removed: alreadyRemoved };
    for (const position of positions) {
      const { added, removed } = this.#order[position].show(scenes[position], position, !this.#isFirst);
      total.added += added;
      total.removed += removed;
    }
    this.#isFirst = false;
    return total;
  }
}

/** One scene: its number, its words, its pictures. */
class SceneCard {
  element = make("li", "scene");
  #number = make("span", "number");
  #title = make("span", "scene-title");
  #size = make("p", "size");
  #note = make("p", "note");
  #prompt = new Words("prompt");
  #narration = new Words("narration");
  #list = make("ul", "pictures");
  #waiting = make("li", "slot waiting");
  #pictures = new Map();

  constructor() {
    const heading = make("h2");
    const about = make("div", "about");
    heading.append(this.#number, this.#title);
    about.append(heading, this.#size, this.#note, this.#prompt.element, this.#narration.element);
    this.#waiting.append(make("span", "", "No picture yet"));
    this.#list.setAttribute("role", "list");
    this.element.append(about, this.#list);
  }

  get size() {
    return this.#pictures.size;
  }

  show(scene, position, isNews) {
    const { label, matchesRows } = numberOf(scene, position);
    const { title, prompt, narration } = wordsOf(scene);
    const isScene = isObject(scene);
    setText(this.#number, `Scene ${label}`);
    setText(this.#title, clip(title ?? "", foldedWords));
    setText(this.#note, isScene
      ? (matchesRows ? "" : "No saved image can belong to this index.")
      : `Not a scene: ${clip(JSON.stringify(scene), 120)}`);
    this.#prompt.show(prompt);
    this.#narration.show(narration);
    this.#list.hidden = !isScene;
    const change = this.#showPictures(picturesOf(scene), `Scene ${label}`, isNews);
    setText(this.#size, isScene ? plural(this.size, "image") : "");
    return change;
  }

  #showPictures(urls, scene, isNews) {
    let added = 0;
    const keys = occurrences(urls.map((url) => (typeof url === "string" ? url : JSON.stringify(url))));
    const { kept, gone } = match(keys, this.#pictures, (position) => {
      added += 1;
      return new Picture(urls[position], isNews);
    });
    for (const picture of gone) picture.element.remove();
    this.#pictures = kept;
    const pictures = [...kept.values()];
    pictures.forEach((picture, at) => picture.describe(`${scene}, picture ${at + 1} of ${pictures.length}`));
    place(this.#list, pictures.length > 0 ? pictures : [{ element: this.#waiting }]);
    if (pictures.length > 0) this.#waiting.remove();
    return { added, removed: gone.length };
  }
}

/** A text of a scene; a long one is folded, with a button that unfolds it. */
class Words {
  element;
  #text = make("p");
  #button = make("button", "unfold");

  constructor(className) {
    this.element = make("div", `words ${className}`);
    this.#button.type = "button";
    this.#button.addEventListener("click", () => this.#fold(!this.element.classList.contains("folded")));
    this.element.append(this.#text, this.#button);
  }

  show(words) {
    const text = clip(words ?? "", shownWords);
    if (this.#text.textContent === text && text !== "") return;
    setText(this.#text, text);
    this.element.hidden = text === "";
    this.#button.hidden = text.length <= foldedWords;
    this.#fold(!this.#button.hidden);
  }

  #fold(isFolded) {
    this.element.classList.toggle("folded", isFolded);
    this.#button.textContent = isFolded ? "Show more" : "Show less";
    this.#button.setAttribute("aria-expanded", String(!isFolded));
  }
}
