// Puts the page together: state from the address, the map, the time bar, the panel, the card of what is selected.

import { Cards } from "./cards";
import { Credit } from "./credit";
import { el, redraw } from "./dom";
import { format, type Known, type Parsed, parse } from "./hash";
import { listed } from "./legend";
import { MapView } from "./map";
import { failed, notice, tell } from "./notice";
import { Panel } from "./panel";
import { instant, type State, Store } from "./state";
import { Portrayal } from "./style";
import { TimeBar } from "./time";
import { day, language, preferred, say, setLanguage } from "./words";
import { readAll, type World } from "./world";
import "./markup";
import "ol/ol.css";
import "./viewer.css";

// Where the panel becomes a sheet over the map, as in viewer.css.
const SMALL = matchMedia("(max-width: 760px)");

async function start(): Promise<void> {
  setLanguage(preferred());
  const [world, style, drawings] = await readAll();
  const portrayal = new Portrayal(style, drawings);
  const shown = world.layers.filter((layer) => listed(portrayal, layer)).map((layer) => layer.name);
  const defaults = initial(world, shown);
  const range = world.range && ([seconds(world.range.from), seconds(world.range.to)] as const);
  const known = { layers: world.layers.map((layer) => layer.name), range };
  const parsed = parse(location.hash, defaults, known);
  setLanguage(parsed.state.language);
  const store = new Store(parsed.state);
  // Before everything that says something anew.
  store.onChange((state) => setLanguage(state.language));
  new Page(world, portrayal, store, defaults, known).run(parsed);
}

const seconds = (text: string) => Math.floor(Date.parse(text) / 1000);

function initial(world: World, shown: string[]): State {
  const [west, south, east, north] = world.bounds ?? [-20, 0, 20, 40];
  return {
    center: [(west + east) / 2, (south + north) / 2],
    zoom: 5,
    at: world.range && seconds(world.default_datetime ?? new Date().toISOString()),
    then: false,
    layers: new Set(shown),
    selected: null,
    language: language(),
  };
}

class Page {
  private readonly map: MapView;
  private readonly panel: Panel;
  private readonly cards: Cards;
  private readonly credit: Credit;
  private readonly time: TimeBar | null;
  private readonly sheet = el("button", { type: "button", class: "sheet", "aria-expanded": "false", "aria-controls": "panel" });
  private readonly scrim = el("div", { class: "scrim" });
  private readonly app = el("div", { class: "app" });
  private readonly controls = el("div", { class: "controls" });
  private written = location.hash;

  constructor(
    world: World,
    portrayal: Portrayal,
    private readonly store: Store,
    private readonly defaults: State,
    private readonly known: Known,
  ) {
    this.map = new MapView(world, portrayal, store, (hits, pixel) => void this.cards.clicked(hits, pixel));
    this.cards = new Cards(world, store, this.map, { failed, missing: (id) => tell(say("not_found", { id })) });
    this.map.covered = () => this.covered();
    this.panel = new Panel(world, portrayal, store, (layer, id) => this.chosen(layer, id), () => this.unfold(false), failed);
    this.credit = new Credit(world, store);
    this.time = world.range ? new TimeBar(world, store, () => this.map.drawn()) : null;
  }

  run(parsed: Parsed): void {
    const { app, map, panel, time } = this;
    app.append(panel.element, this.sheet, map.element, this.controls, this.cards.element, this.credit.element, notice);
    if (time) app.append(time.element);
    else app.classList.add("timeless");
    app.append(this.scrim);
    this.sheet.addEventListener("click", () => this.unfold(true));
    this.scrim.addEventListener("click", () => this.unfold(false));
    SMALL.addEventListener("change", () => this.unfold(false));
    this.label();
    document.querySelector("#plain")?.remove();
    document.body.append(app);
    if (!parsed.placed) map.begin();
    this.complain(parsed);

    this.store.onChange((state, before) => this.changed(state, before));
    window.addEventListener("hashchange", () => this.addressChanged());
    document.addEventListener("keydown", (event) => this.key(event));
    const { selected } = this.store.get();
    if (selected) void this.cards.open(selected);
  }

  // On a small screen the panel lies over the map, and nothing else can be reached while it does.
  private unfold(open: boolean): void {
    const was = this.app.classList.contains("open");
    this.app.classList.toggle("open", open);
    this.sheet.setAttribute("aria-expanded", String(open));
    for (const part of this.app.children) {
      if (part !== this.panel.element && part !== this.scrim) part.toggleAttribute("inert", open);
    }
    if (open) this.panel.element.querySelector<HTMLElement>(".close-panel")?.focus();
    else if (was) this.sheet.focus();
  }

  private label(): void {
    redraw(this.controls, () => this.controls.replaceChildren(this.map.buttons()));
    this.sheet.textContent = `☰ ${say("layers")}`;
    this.map.element.setAttribute("aria-label", say("map"));
  }

  // How far the card reaches over the map: from the bottom on a small screen, else from the end.
  private covered(): [number, number, number, number] {
    const { offsetWidth, offsetHeight } = this.cards.element;
    if (offsetHeight === 0) return [0, 0, 0, 0];
    const [width] = this.map.size();
    return SMALL.matches ? [0, 0, offsetHeight, 0] : [0, Math.min(offsetWidth + 64, width / 2), 0, 0];
  }

  private changed(state: State, before: State): void {
    if (state.language !== before.language) this.label();
    const address = format(state, this.defaults);
    if (address === this.written) return;
    this.written = address;
    const chosen = state.selected !== before.selected && state.selected !== null;
    history[chosen ? "pushState" : "replaceState"](null, "", address);
  }

  // The reader wrote in the address bar or went back.
  private addressChanged(): void {
    if (location.hash === this.written) return;
    this.written = location.hash;
    const parsed = parse(location.hash, this.defaults, this.known);
    this.complain(parsed);
    // A link without a place leaves the map where it is.
    const { center, zoom } = this.store.get();
    this.store.set(parsed.placed ? parsed.state : { ...parsed.state, center, zoom });
    if (parsed.state.selected) void this.cards.open(parsed.state.selected);
    else this.cards.close();
  }

  private complain({ ignored, beyond }: Parsed): void {
    if (ignored.length > 0) tell(say("ignored", { what: ignored.join(", ") }));
    else if (beyond !== null) tell(say("clamped", { date: day(instant(beyond)) }));
  }

  private chosen(layer: string, id: string): void {
    const row = document.activeElement as HTMLElement;
    if (!SMALL.matches) return void this.cards.choose({ layer, id }, row);
    // The list goes away with the sheet.
    this.unfold(false);
    void this.cards.choose({ layer, id }, this.sheet);
  }

  private key(event: KeyboardEvent): void {
    if (event.key === "Escape") return this.app.classList.contains("open") ? this.unfold(false) : this.cards.close();
    const target = event.target instanceof HTMLElement ? event.target : null;
    if (event.ctrlKey || event.metaKey || event.altKey || !this.time || target?.matches("input[type=date], input[type=text]")) return;
    if (event.key === "[") this.time.step(-1);
    else if (event.key === "]") this.time.step(1);
    else if (event.key === " " && !target?.closest("input, button, summary, select, a")) {
      event.preventDefault();
      this.time.toggle();
    }
  }
}

start().catch((reason: unknown) => {
  document.body.append(notice);
  failed(reason);
});
