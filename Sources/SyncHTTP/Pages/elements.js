// Making, filling and ordering elements. Text goes in as text, never as markup.

export function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className !== "") element.className = className;
  if (text !== "") element.textContent = text;
  return element;
}

export function draw(tag, attributes = {}) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  setAttributes(element, attributes);
  return element;
}

export function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
  }
}

/** Writes a text where it differs; an element without text takes no room. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
  element.hidden = text === "";
}

/** What stays, what is made and what goes when a list gets these keys; `kept` is in the keys' order. */
export function match(keys, old, create) {
  const left = new Map(old);
  const kept = new Map();
  keys.forEach((key, position) => {
    kept.set(key, left.get(key) ?? create(position));
    left.delete(key);
  });
  return { kept, gone: [...left.values()] };
}

/** Brings the parts' elements into this order inside `parent`, moving only those out of place. */
export function place(parent, parts) {
  let next = parent.firstElementChild;
  for (const { element } of parts) {
    if (element === next) next = next.nextElementSibling;
    else parent.insertBefore(element, next);
  }
}

/** Has exactly one of the buttons pressed, the one with this value, and hears of another. */
export function choice(group, value, onChoice) {
  const buttons = [...group.querySelectorAll("button")];
  const press = (chosen) => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.value === chosen));
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      press(button.value);
      onChoice(button.value);
    });
  }
  press(value);
}
