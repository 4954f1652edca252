// Making, filling and ordering elements. Text goes in as text, never as markup.

export function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className !== "") element.className = className;
  if (text !== "") element.textContent = text;
  return element;
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
