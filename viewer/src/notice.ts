// One sentence over the map about something that did not go as asked.

import { button, el } from "./dom";
import { say } from "./words";

export const notice = el("div", { class: "notice", role: "status" });

export function tell(text: string, ...more: HTMLElement[]): void {
  notice.replaceChildren(
    el("span", {}, text),
    ...more,
    button("×", say("close"), () => notice.replaceChildren()),
  );
}

export function failed(reason: unknown): void {
  const why = reason instanceof Error ? reason.message : String(reason);
  tell(say("error", { why }), button(say("retry"), say("retry"), () => location.reload()));
}
