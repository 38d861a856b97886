// Copying a text, with a word that it was done.

import { say } from "./words";

const TOLD_MS = 1500;

// Over plain HTTP a browser keeps its clipboard shut; then the text stands selected in a field, for the reader to copy.
export function copy(pressed: HTMLElement, label: string, field: HTMLInputElement): void {
  const done = () => {
    pressed.textContent = say("copied");
    setTimeout(() => (pressed.textContent = label), TOLD_MS);
  };
  const show = () => {
    field.hidden = false;
    field.focus();
    field.select();
  };
  if (navigator.clipboard) navigator.clipboard.writeText(field.value).then(done, show);
  else show();
}
