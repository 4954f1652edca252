import { make } from "./elements.js";
import { pictureSource } from "./project.js";

/** One picture in its slot, whose size is known before the picture is. Loaded once, shown when it is whole. */
export class Picture {
  element = make("li", "slot");
  #button = make("button");
  #image = make("img");

  /** `isNews`: it came while the reader was watching, and makes an entrance. */
  constructor(url, isNews) {
    this.#button.type = "button";
    this.#button.append(this.#image);
    this.element.append(this.#button);
    const source = pictureSource(url, document.baseURI);
    if (source === null) return this.#showPlaceholder("Not a picture’s address");
    this.#image.addEventListener("load", () => this.#show(isNews));
    this.#image.addEventListener("error", () => this.#showPlaceholder("Picture unavailable"));
    this.#image.loading = "lazy";
    this.#image.decoding = "async";
    this.#image.src = source;
  }

  /** `scene` is the index that its rows have, "" if none can have it; `at` its place among those shown, from 0. */
  describe(words, scene, at) {
    if (this.#image.alt !== words) this.#image.alt = words;
    this.element.dataset.scene = scene;
    this.element.dataset.at = at;
  }

  #show(isNews) {
    this.element.classList.add("loaded");
    if (!isNews) return;
    this.element.classList.add("arriving");
    this.#button.addEventListener("animationend", ({ animationName }) => {
      if (animationName === "greet") this.element.classList.remove("arriving");
    });
  }

  #showPlaceholder(words) {
    this.element.classList.add("broken");
    this.#button.append(make("span", "", words));
  }
}
