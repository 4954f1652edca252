import { clip } from "./project.js";

const element = (id) => document.getElementById(`lightbox-${id}`);

/** Shows one picture whole, over the page; the arrow keys go to its neighbours in the scene. */
export class Lightbox {
  #dialog = document.getElementById("lightbox");
  #slot = null;

  /** Opens for the pictures inside `list`. */
  constructor(list) {
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
    const isLink = /^https?:/.test(src);
    this.#slot = slot;
    element("name").textContent = alt;
    element("image").hidden = slot.classList.contains("broken");
    element("image").alt = alt;
    if (src === "") element("image").removeAttribute("src");
    else element("image").src = src;
    element("original").hidden = !isLink;
    if (isLink) element("original").href = src;
    element("address").textContent = slot.classList.contains("broken")
      ? `${slot.textContent} · ${clip(src, 200)}` : clip(src, 200);
    element("previous").disabled = slot.previousElementSibling === null;
    element("next").disabled = slot.nextElementSibling === null;
  }
}
