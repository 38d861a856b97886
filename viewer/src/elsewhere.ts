// The part of the panel about other programs: downloads, and the addresses of this view for other map clients.

import { root } from "./address";
import { copy } from "./copy";
import { el } from "./dom";
import { type Store, timeQuery } from "./state";
import { say, titleOf, type Word } from "./words";
import type { World } from "./world";

export function downloads(world: World): HTMLElement {
  const rows = world.layers.map((layer) =>
    el("li", {}, el("a", { href: `${root}collections/${layer.name}/download.geojson`, download: true }, `${titleOf(layer)} (GeoJSON, ${layer.count})`)),
  );
  return el("details", { "data-key": "downloads" }, el("summary", { "data-key": "downloads-summary" }, say("downloads")), el("ul", {}, ...rows));
}

export class Elsewhere {
  readonly element: HTMLElement;
  private readonly fields = new Map<Word, HTMLInputElement>();

  constructor(
    private readonly world: World,
    private readonly store: Store,
  ) {
    const rows = [...this.addresses().keys()].map((word) => this.row(word));
    this.element = el(
      "details",
      { "data-key": "elsewhere" },
      el("summary", { "data-key": "elsewhere-summary" }, say("use")),
      this.share(),
      ...rows,
      el("p", {}, `${say("previews")}: `, page("preview/leaflet", "Leaflet"), ", ", page("preview/maplibre", "MapLibre")),
      el("p", {}, page("api.html", say("api")), " · ", page(world.licences, say("licences"))),
    );
    this.update();
  }

  // The addresses of the view as it is now.
  update(): void {
    for (const [word, address] of this.addresses()) {
      const field = this.fields.get(word);
      if (field) field.value = address;
    }
  }

  private addresses(): Map<Word, string> {
    const state = this.store.get();
    const query = timeQuery(state);
    const names = this.world.layers.map(({ name }) => name).filter((name) => state.layers.has(name));
    const layers = names.join(",") || "all";
    const pictures = this.world.basemap ? `basemap,${layers}` : layers;
    const reports = this.world.layers.find((layer) => layer.reports);
    const and = query ? "&" : "?";
    return new Map<Word, string>([
      ["features", root],
      ["vector", `${root}xyz/${layers}/{z}/{x}/{y}.mvt${query}`],
      ["raster", `${root}xyz/${pictures}/{z}/{x}/{y}.png${query}`],
      ["tilejson", `${root}xyz/${layers}.json${query}`],
      ["style", `${root}styles/default.json`],
      ...(reports ? [["items", `${root}collections/${reports.name}/items${query}${and}phase=active,recent`] as [Word, string]] : []),
    ]);
  }

  private row(word: Word): HTMLElement {
    const label = say(word);
    const field = el("input", { type: "text", readonly: true, "aria-label": label });
    field.addEventListener("focus", () => field.select());
    this.fields.set(word, field);
    const press = el("button", { type: "button", "aria-label": `${say("copy")}: ${label}` }, say("copy"));
    press.addEventListener("click", () => copy(press, say("copy"), field));
    return el("div", { class: "address" }, el("span", {}, label), el("div", {}, field, press));
  }

  private share(): HTMLElement {
    const field = el("input", { type: "text", readonly: true, hidden: true, "aria-label": say("copy_this") });
    const press = el("button", { type: "button", class: "share" }, say("share"));
    press.addEventListener("click", () => {
      field.value = location.href;
      copy(press, say("share"), field);
    });
    return el("div", { class: "address" }, press, field);
  }
}

const page = (path: string, label: string) => el("a", { href: root + path }, label);
