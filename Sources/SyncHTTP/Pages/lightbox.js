import { clip } from "./project.js";

const element = (id) => document.getElementById(`lightbox-${id}`);

/** Shows one picture whole and tells what happened to it, over the page; the arrow keys go to its neighbours. */
export class Lightbox {
  #dialog = document.getElementById("lightbox");
  #panel;
  #slot = null;

  /** Opens for the pictures inside `list`; `panel` tells of them. */
  constructor(list, panel) {
    this.#panel = panel;
    list.addEventListener("click", (event) => {
      const button = event.target.closest(".slot button");
      if (button) this.#open(button.parentElement);
    });
    element("close").addEventListener("click", () => this.#dialog.close());
    element("previous").addEventListener("click", () => this.#go("previousElementSibling"));
    element("next").addEventListener("click", () => this.#go("nextElementSibling"));
    this.#dialog.addEventListener("click", (event) => event.target === this.#dialog && this.#dialog.close());
    this.#dialog.addEventListener("keydown", (event) => {
      if (event.key === "ArrowLeft") this.#go("previousElementSibling");
      if (event.key === "ArrowRight") this.#go("nextElementSibling");
    });
    this.#dialog.addEventListener("close", () => {
      element("image").removeAttribute("src");
      this.#panel.clear();
      this.#slot?.querySelector("button")?.focus();
      this.#slot = null;
    });
  }

  #open(slot) {
    this.#show(slot);
    this.#dialog.showModal();
  }

  #go(direction) {
    const neighbour = this.#slot?.[direction];
    if (neighbour?.querySelector("button")) this.#show(neighbour);
  }

  #show(slot) {
    const { src, alt } = slot.querySelector("img");
    const isBroken = slot.classList.contains("broken");
    const isLink = /^https?:/.test(src);
    this.#slot = slot;
    element("name").textContent = alt;
    element("image").hidden = isBroken;
    element("image").alt = alt;
    element("missing").hidden = !isBroken;
    element("missing").textContent = isBroken ? slot.textContent : "";
    if (src === "") element("image").removeAttribute("src");
    else element("image").src = src;
    element("original").hidden = !isLink;
    if (isLink) element("original").href = src;
    element("address").textContent = clip(src, 200);
    element("previous").disabled = slot.previousElementSibling === null;
    element("next").disabled = slot.nextElementSibling === null;
    this.#panel.show(slot.dataset.scene, slot.dataset.at);
  }
}
