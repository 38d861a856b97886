// The card of one feature: what it is, who says so, since when.

import { button, type Child, el, link } from "./dom";
import type { Hit } from "./map";
import { code, day, language, say, told } from "./words";
import { find } from "./world";

type Properties = Record<string, unknown>;

interface Source {
  title?: string;
  publisher?: string;
  url?: string;
  published_on?: string;
}

// A report as its own address tells it.
interface Report {
  properties: { name: string; effect: string; sources?: Source[] };
}

export interface Actions {
  close(): void;
  zoomTo(): void;
  turn(by: number): void;
}

// What a card is about: one of `count` features under the click.
export interface Subject {
  hit: Hit;
  position: number;
  count: number;
  // A record of ours, not a feature of a file.
  domain: boolean;
  // Whether the map can show it.
  placed: boolean;
  // What to call it that has no name.
  unnamed: string;
}

export function card({ hit, position, count, domain, placed, unnamed }: Subject, actions: Actions): HTMLElement {
  const [title, tongue] = name(hit.properties, unnamed);
  const pager =
    count > 1 &&
    el(
      "div",
      { class: "pager" },
      button("‹", say("previous"), () => actions.turn(-1), "previous"),
      el("span", {}, say("of", { n: position + 1, all: count })),
      button("›", say("next"), () => actions.turn(1), "next"),
    );
  return el(
    "section",
    { class: "card", "aria-label": title, tabindex: "-1", "data-key": "card" },
    el("header", {}, el("h2", { lang: other(tongue) }, title), pager || null, button("×", say("close"), actions.close, "close")),
    ...(domain ? record(hit.properties) : anything(hit.properties)),
    placed
      ? el("div", { class: "actions" }, button(say("zoom_to"), say("zoom_to"), actions.zoomTo, "zoom-to"))
      : el("p", { class: "unplaced" }, say("no_place")),
  );
}

// The language of a text, where it is not that of the page.
const other = (tongue: string) => (tongue === language() ? null : tongue);

function name(properties: Properties, unnamed: string): [string, string] {
  const [title, tongue] = told(properties["name"], properties["name_fr"]);
  return title ? [title, tongue] : [unnamed, language()];
}

function record(of: Properties): Child[] {
  const date = (key: string) => (typeof of[key] === "string" ? day(of[key]) : null);
  const claimed = of["attribution"] === "claimed" ? ` (${say("claimed")})` : "";
  const actor = of["actor_name"] ?? of["actor"];
  const metres = Number(of["accuracy_m"] ?? 0);
  const rows: [string, Child][] = [
    [say("status"), of["status"] ? code("status", of["status"]) + condition(of) : null],
    [say("effect"), of["effect"] ? code("effect", of["effect"]) : null],
    [say("phase"), of["phase"] ? code("phase", of["phase"]) : null],
    [say("severity"), of["effect"] && of["severity"] != null ? `${String(of["severity"])} / 5` : null],
    [say("actor"), actor ? el("span", {}, el("span", { lang: other("en") }, String(actor)), claimed) : null],
    [say("certainty"), of["certainty"] ? code("certainty", of["certainty"]) : null],
    [say("since"), date(of["status"] ? "since" : "valid_from")],
    [say("until"), of["status"] ? null : date("valid_to")],
    [say("expires"), date("expires_at")],
    [say("known_since"), date("recorded_at")],
    [say("last_confirmed"), date("last_confirmed")],
    [say("length"), of["published_length_km"] ? `${String(of["published_length_km"])} km` : null],
    [say("accuracy"), metres > 0 ? (metres >= 1000 ? `± ${metres / 1000} km` : `± ${metres} m`) : null],
    [say("notes"), of["notes"] ? el("span", { lang: other("en") }, String(of["notes"])) : null],
  ];
  const kind = of["area_class"] ? code("area", of["area_class"]) : code("subtype", of["subtype"] ?? of["kind"]);
  return [el("p", { class: "kind" }, kind), table(rows), causes(of["cause_ids"]), sources(of["sources"])];
}

// What a status depends on beside itself.
function condition(of: Properties): string {
  const conditions = [of["condition"] ? code("condition", of["condition"]) : "", of["stale"] ? say("stale") : ""];
  return conditions.filter(Boolean).map((text) => `, ${text}`).join("");
}

// The reports that make a road what it is, each with whoever says so, as soon as that is read.
function causes(value: unknown): Child {
  const ids = Array.isArray(value) ? (value as string[]) : [];
  if (ids.length === 0) return null;
  const item = (id: string) => {
    const line = el("li", {}, id);
    void find<Report>(`collections/blockades/items/${encodeURIComponent(id)}?f=json`).then((report) => {
      if (!report) return;
      const { name, effect, sources: by } = report.properties;
      line.replaceChildren(el("span", { lang: other("en") }, name), el("small", {}, ` ${code("effect", effect)}`), ...(by ? [cited(by)] : []));
    }, () => undefined);
    return line;
  };
  return el("div", { class: "sources" }, el("h3", {}, say("because")), el("ul", {}, ...ids.map(item)));
}

// A feature of a file: what the tile says of it.
function anything(properties: Properties): Child[] {
  const shown = Object.entries(properties).filter(([key, value]) => !key.startsWith("@") && value !== undefined && typeof value !== "object");
  return [table(shown.map(([key, value]) => [key, link(String(value), String(value))]))];
}

function table(rows: [string, Child][]): HTMLElement {
  const shown = rows.filter(([, value]) => value !== null && value !== undefined);
  return el("dl", {}, ...shown.flatMap(([label, value]) => [el("dt", {}, label), el("dd", {}, value)]));
}

function sources(value: unknown): Child {
  const list = Array.isArray(value) ? (value as Source[]) : [];
  return list.length === 0 ? null : el("div", { class: "sources" }, el("h3", {}, say("sources")), cited(list));
}

function cited(list: Source[]): HTMLElement {
  const items = list.map((source) => {
    const about = [source.publisher, source.published_on && day(source.published_on)].filter(Boolean).join(", ");
    const title = source.title ?? source.url ?? "";
    return el("li", {}, source.url ? link(source.url, title) : title, about && el("small", {}, ` ${about}`));
  });
  return el("ul", {}, ...items);
}
