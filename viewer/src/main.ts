// Puts the page together: state from the address, the map, the time bar, the panel, the card of what is selected.

import { card } from "./details";
import { button, el } from "./dom";
import { format, parse } from "./hash";
import { listed } from "./legend";
import { type Hit, MapView } from "./map";
import { Panel } from "./panel";
import { type State, Store, timeQuery } from "./state";
import { Portrayal } from "./style";
import { TimeBar } from "./time";
import { language, preferred, say, setLanguage } from "./words";
import { read, readAll, type World } from "./world";
import "./markup";
import "ol/ol.css";
import "./viewer.css";

const notice = el("div", { class: "notice", role: "status" });

async function start(): Promise<void> {
  setLanguage(preferred());
  const [world, style, drawings] = await readAll();
  const portrayal = new Portrayal(style, drawings);
  const names = world.layers.map((layer) => layer.name);
  const shown = world.layers.filter((layer) => listed(portrayal, layer)).map((layer) => layer.name);
  const defaults = initial(world, shown);
  const parsed = parse(location.hash, defaults, names);
  setLanguage(parsed.state.language);
  const store = new Store(parsed.state);
  // Before everything that says something anew.
  store.onChange((state) => setLanguage(state.language));
  new Page(world, portrayal, store, defaults, names).run(parsed.ignored);
}

function initial(world: World, shown: string[]): State {
  const [west, south, east, north] = world.bounds ?? [-20, 0, 20, 40];
  const at = world.range && Math.floor(Date.parse(world.default_datetime ?? new Date().toISOString()) / 1000);
  return {
    center: [(west + east) / 2, (south + north) / 2],
    zoom: 5,
    at,
    then: false,
    layers: new Set(shown),
    selected: null,
    language: language(),
  };
}

class Page {
  private readonly map: MapView;
  private readonly panel: Panel;
  private readonly time: TimeBar | null;
  private readonly cards = el("div", { class: "cards", "aria-live": "polite" });
  private readonly sheet = el("button", { type: "button", class: "sheet", "aria-expanded": "false", "aria-controls": "panel" });
  private readonly app = el("div", { class: "app" });
  private readonly controls = el("div", { class: "controls" });
  private hits: Hit[] = [];
  private position = 0;
  private written = location.hash;

  constructor(
    private readonly world: World,
    portrayal: Portrayal,
    private readonly store: Store,
    private readonly defaults: State,
    private readonly names: string[],
  ) {
    this.map = new MapView(world, portrayal, store, (hits) => this.clicked(hits));
    this.panel = new Panel(world, portrayal, store, (layer, id) => this.chosen(layer, id), failed);
    this.time = world.range ? new TimeBar(world, store, () => this.map.drawn()) : null;
  }

  run(ignored: string[]): void {
    const { map, panel, time, cards, sheet } = this;
    const { app } = this;
    app.append(panel.element, map.element, this.controls, cards, notice);
    if (time) app.append(time.element);
    else app.classList.add("timeless");
    app.append(sheet);
    sheet.addEventListener("click", () => this.unfold(!app.classList.contains("open")));
    this.label();
    document.querySelector("#plain")?.remove();
    document.body.append(app);
    if (!/[#&]m=/.test(location.hash)) map.begin();
    if (ignored.length > 0) tell(say("ignored", { what: ignored.join(", ") }));

    this.store.onChange((state, before) => this.changed(state, before));
    window.addEventListener("hashchange", () => this.addressChanged());
    document.addEventListener("keydown", (event) => this.key(event));
    const selected = this.store.get().selected;
    if (selected) void this.open(selected.layer, selected.id, false);
  }

  // On a small screen the panel lies over the map.
  private unfold(open: boolean): void {
    this.app.classList.toggle("open", open);
    this.sheet.setAttribute("aria-expanded", String(open));
    this.label();
  }

  private label(): void {
    this.controls.replaceChildren(this.map.buttons());
    const open = this.sheet.getAttribute("aria-expanded") === "true";
    this.sheet.textContent = open ? `× ${say("close")}` : `☰ ${say("layers")}`;
    this.map.element.setAttribute("aria-label", say("map"));
  }

  private changed(state: State, before: State): void {
    if (state.language !== before.language) {
      this.label();
      this.draw();
    }
    const address = format(state, this.defaults);
    if (address !== this.written) {
      this.written = address;
      const chosen = state.selected !== before.selected && state.selected !== null;
      history[chosen ? "pushState" : "replaceState"](null, "", address);
    }
    const hit = this.hits[this.position];
    if ((state.at !== before.at || state.then !== before.then) && state.selected && hit) void this.fill(hit, state.selected.id);
  }

  // The reader wrote in the address bar or went back.
  private addressChanged(): void {
    if (location.hash === this.written) return;
    this.written = location.hash;
    const { state, ignored } = parse(location.hash, this.defaults, this.names);
    if (ignored.length > 0) tell(say("ignored", { what: ignored.join(", ") }));
    this.store.set(state);
    if (state.selected) void this.open(state.selected.layer, state.selected.id, false);
    else this.close();
  }

  private clicked(hits: Hit[]): void {
    if (hits.length === 0) return this.close();
    this.hits = hits;
    this.position = 0;
    void this.show();
  }

  private chosen(layer: string, id: string): void {
    this.unfold(false);
    void this.open(layer, id, true);
  }

  private async open(layer: string, id: string, zoom: boolean): Promise<void> {
    this.hits = [{ layer, properties: { id } }];
    this.position = 0;
    await this.show();
    if (zoom) this.map.zoomToChosen();
  }

  // Fetches the whole record: a tile carries only what drawing needs.
  private async show(): Promise<void> {
    const hit = this.hits[this.position];
    if (!hit) return;
    if (!this.isDomain(hit)) {
      this.map.highlight(null);
      return this.draw();
    }
    const id = String(hit.properties["id"]);
    this.store.set({ selected: { layer: hit.layer, id } });
    await this.fill(hit, id);
  }

  // The record as it is on the asked day; on another day its phase may differ, or it may not hold any more.
  private async fill(hit: Hit, id: string): Promise<void> {
    const query = timeQuery(this.store.get());
    const address = `/collections/${hit.layer}/items${query}${query ? "&" : "?"}id=${encodeURIComponent(id)}`;
    try {
      const feature = (await read<{ features: { properties: Record<string, unknown> }[] }>(address)).features[0];
      // The reader may have gone on in the meantime.
      if (this.hits[this.position] !== hit || timeQuery(this.store.get()) !== query) return;
      if (!feature) return this.close();
      hit.properties = feature.properties;
      this.map.highlight(feature);
      this.draw();
    } catch (reason) {
      failed(reason);
    }
  }

  private isDomain(hit: Hit): boolean {
    return this.world.layers.some((layer) => layer.name === hit.layer && layer.kind === "domain");
  }

  private draw(): void {
    const hit = this.hits[this.position];
    if (!hit) return this.cards.replaceChildren();
    const turn = (by: number) => {
      this.position = (this.position + by + this.hits.length) % this.hits.length;
      void this.show();
    };
    const actions = { close: () => this.close(), zoomTo: () => this.map.zoomToChosen(), turn };
    this.cards.replaceChildren(card(hit, this.position, this.hits.length, this.isDomain(hit), actions));
  }

  private close(): void {
    this.hits = [];
    this.cards.replaceChildren();
    this.map.highlight(null);
    if (this.store.get().selected) this.store.set({ selected: null });
  }

  private key(event: KeyboardEvent): void {
    const typing = event.target instanceof HTMLElement && event.target.closest("input, button, summary, select, a");
    if (event.key === "Escape") return this.close();
    if (event.ctrlKey || event.metaKey || event.altKey || !this.time) return;
    if (event.key === "[") this.time.step(-1);
    else if (event.key === "]") this.time.step(1);
    else if (event.key === " " && !typing) {
      event.preventDefault();
      this.time.toggle();
    }
  }
}

function tell(text: string, ...more: HTMLElement[]): void {
  notice.replaceChildren(
    el("span", {}, text),
    ...more,
    button("×", say("close"), () => notice.replaceChildren()),
  );
}

function failed(reason: unknown): void {
  const why = reason instanceof Error ? reason.message : String(reason);
  tell(say("error", { why }), button(say("retry"), say("retry"), () => location.reload()));
}

start().catch((reason: unknown) => {
  document.body.append(notice);
  failed(reason);
});
