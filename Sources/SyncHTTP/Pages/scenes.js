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
  #entries = new Map();
  #order = [];
  #isFirst = true;

  constructor(list) {
    this.#list = list;
  }

  /** Has one element for each scene, in their order; what they show is for `show`. Answers how many pictures went. */
  arrange(scenes) {
    const keys = occurrences(scenes.map((scene, position) => numberOf(scene, position).label));
    const isNews = !this.#isFirst;
    const { kept, gone } = match(keys, this.#entries, () => ({ element: make("li", "scene"), isNews, card: null }));
    for (const { element } of gone) element.remove();
    this.#entries = kept;
    this.#order = [...kept.values()];
    this.#isFirst = false;
    place(this.#list, this.#order);
    this.#list.hidden = scenes.length === 0;
    return gone.reduce((sum, { card }) => sum + (card?.size ?? 0), 0);
  }

  /** Brings one card up to date. Answers how many pictures came and went before the reader's eyes. */
  show(scene, position) {
    const entry = this.#order[position];
    entry.card ??= new SceneCard(entry.element, entry.isNews);
    return entry.card.show(scene, position);
  }
}

/** One scene: its number, its words, its pictures. */
class SceneCard {
  #isNews;
  #number = make("span", "number");
  #title = make("span", "scene-title");
  #size = make("p", "size");
  #note = make("p", "note");
  #prompt = new Words("prompt");
  #narration = new Words("narration");
  #list = make("ul", "pictures");
  #waiting = make("li", "slot waiting");
  #pictures = new Map();

  /** `isNews`: the scene came while the reader was watching, so its first pictures are news too. */
  constructor(element, isNews) {
    const heading = make("h2");
    const about = make("div", "about");
    heading.append(this.#number, this.#title);
    about.append(heading, this.#size, this.#note, this.#prompt.element, this.#narration.element);
    this.#waiting.append(make("span", "", "No picture yet"));
    this.#list.setAttribute("role", "list");
    this.#isNews = isNews;
    element.append(about, this.#list);
  }

  get size() {
    return this.#pictures.size;
  }

  show(scene, position) {
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
    const change = this.#showPictures(picturesOf(scene), `Scene ${label}`, matchesRows ? label : "");
    setText(this.#size, isScene ? plural(this.size, "image") : "");
    return change;
  }

  #showPictures(urls, scene, index) {
    let added = 0;
    const keys = occurrences(urls.map((url) => (typeof url === "string" ? url : JSON.stringify(url))));
    const { kept, gone } = match(keys, this.#pictures, (position) => {
      added += 1;
      return new Picture(urls[position], this.#isNews);
    });
    for (const picture of gone) picture.element.remove();
    this.#pictures = kept;
    const pictures = [...kept.values()];
    pictures.forEach((picture, at) => {
      picture.describe(`${scene}, picture ${at + 1} of ${pictures.length}`, index, at);
    });
    place(this.#list, pictures.length > 0 ? pictures : [{ element: this.#waiting }]);
    if (pictures.length > 0) this.#waiting.remove();
    if (!this.#isNews) added = 0;
    this.#isNews = true;
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
