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

export function button(label: string, title: string, pressed: () => void, className = ""): HTMLButtonElement {
  const element = el("button", { type: "button", title, "aria-label": title, class: className }, label);
  element.addEventListener("click", pressed);
  return element;
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
