// Elements without markup: texts never become HTML, so that nothing in the data can.

export type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined>;

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag: string, attributes: Attributes = {}, ...children: Child[]): SVGElement {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

// `key` names the button within what it is part of, for its looks and so that the focus finds it again.
export function button(label: string, title: string, pressed: () => void, key?: string): HTMLButtonElement {
  const element = el("button", { type: "button", title, "aria-label": title, class: key, "data-key": key }, label);
  element.addEventListener("click", pressed);
  return element;
}

// Draws a part of the page anew without losing the focus, or what the reader has unfolded. True if the focus was in it.
export function redraw(part: HTMLElement, draw: () => void): boolean {
  const focused = document.activeElement;
  const held = focused instanceof HTMLElement && part.contains(focused);
  const key = held ? focused.dataset["key"] : undefined;
  const open = [...part.querySelectorAll("details[open]")].map((one) => one.getAttribute("data-key"));
  draw();
  for (const details of part.querySelectorAll("details")) details.open = open.includes(details.getAttribute("data-key"));
  if (key) part.querySelector<HTMLElement>(`[data-key="${key}"]`)?.focus();
  return held;
}

// A link, if it is one that a browser may follow; else its text.
export function link(href: string, label: string): Child {
  return /^https?:\/\//.test(href) ? el("a", { href, rel: "noopener noreferrer", target: "_blank" }, label) : label;
}

function fill<E extends Element>(element: E, attributes: Attributes, children: Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false));
  return element;
}
