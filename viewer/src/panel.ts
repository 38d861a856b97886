// The panel: title and date, layers with their legend, the reports in force as a list, downloads and addresses for other clients.

import { credits, disclaimer } from "./credit";
import { button, el, redraw } from "./dom";
import { downloads, Elsewhere } from "./elsewhere";
import { legend, listed, swatch } from "./legend";
import { instant, type State, type Store, timeQuery } from "./state";
import type { Portrayal } from "./style";
import { code, day, descriptionOf, language, say, titleOf, told } from "./words";
import { type LayerInfo, read, type World } from "./world";

interface Item {
  id: string | number;
  properties: Record<string, unknown>;
}

// More than a reader reads; the whole list is one download away.
const MOST_REPORTS = 100;
// A date that is dragged passes days that nobody stops to read.
const PATIENCE_MS = 150;

export class Panel {
  readonly element = el("aside", { class: "panel", id: "panel" });
  private readonly date = el("p", { class: "as-of" });
  private readonly reports = el("ul", { class: "reports" });
  private readonly disclaimer = el("p", { class: "disclaimer" });
  private readonly legends = new Map<string, HTMLElement>();
  private readonly boxes = new Map<string, HTMLInputElement>();
  private elsewhere: Elsewhere;
  private found: [LayerInfo, Item][] = [];
  private fetched = "";
  private waiting = 0;

  constructor(
    private readonly world: World,
    private readonly portrayal: Portrayal,
    private readonly store: Store,
    private readonly select: (layer: string, id: string) => void,
    private readonly close: () => void,
    private readonly failed: (reason: unknown) => void,
  ) {
    this.elsewhere = new Elsewhere(world, store);
    this.build();
    this.fetch(store.get());
    store.onChange((state, before) => this.changed(state, before));
  }

  private changed(state: State, before: State): void {
    if (state.language !== before.language) {
      redraw(this.element, () => this.build());
      this.list();
    } else {
      this.update();
    }
    if (timeQuery(state) === timeQuery(before)) return;
    clearTimeout(this.waiting);
    this.waiting = window.setTimeout(() => this.fetch(state), PATIENCE_MS);
  }

  private build(): void {
    const { world } = this;
    const [title, tongue] = told(world.title, world.title_fr);
    const [about, spoken] = told(world.description, world.description_fr);
    document.title = title;
    this.elsewhere = new Elsewhere(world, this.store);
    this.element.setAttribute("aria-label", say("panel"));
    this.element.replaceChildren(
      el("header", {}, el("h1", { lang: tongue }, title), this.languageButton(), button("×", say("close_panel"), this.close, "close-panel")),
      this.date,
      el("p", { class: "about", lang: spoken }, about),
      el("h2", {}, say("layers")),
      el("ul", { class: "layers" }, ...world.layers.filter((layer) => listed(this.portrayal, layer)).map((layer) => this.layer(layer))),
      ...(world.layers.some((layer) => layer.reports) ? [el("h2", {}, say("reports")), this.reports] : []),
      downloads(world),
      this.elsewhere.element,
      this.disclaimer,
      el("p", { class: "credits" }, credits(world, new Set(world.layers.map(({ name }) => name))).join(" | ")),
    );
    this.update();
  }

  private update(): void {
    const state = this.store.get();
    this.date.textContent = state.at === null ? "" : say("as_of", { date: day(instant(state.at)) });
    this.disclaimer.textContent = disclaimer(this.world, state);
    this.elsewhere.update();
    for (const [name, box] of this.boxes) box.checked = state.layers.has(name);
    for (const [name, part] of this.legends) part.hidden = !state.layers.has(name);
  }

  private languageButton(): HTMLElement {
    const next = this.store.get().language === "fr" ? "en" : "fr";
    const element = button(say("language"), say("language"), () => this.store.set({ language: next }), "language");
    element.lang = next;
    return element;
  }

  private layer(layer: LayerInfo): HTMLElement {
    const box = el("input", { type: "checkbox", "data-key": `layer-${layer.name}` });
    box.addEventListener("change", () => {
      const layers = new Set(this.store.get().layers);
      if (box.checked) layers.add(layer.name);
      else layers.delete(layer.name);
      this.store.set({ layers });
    });
    const details = legend(this.portrayal, layer);
    this.boxes.set(layer.name, box);
    this.legends.set(layer.name, details);
    const simple = layer.kind === "reference" ? swatch(this.portrayal, layer, {}) : null;
    return el("li", {}, el("label", { title: descriptionOf(layer) }, box, simple, titleOf(layer)), details);
  }

  private fetch(state: State): void {
    const query = timeQuery(state);
    if (query === this.fetched || query === "") return;
    this.fetched = query;
    const items = async (layer: LayerInfo): Promise<[LayerInfo, Item][]> => {
      const address = `collections/${layer.name}/items${query}&phase=active,recent&limit=${MOST_REPORTS}`;
      return (await read<{ features: Item[] }>(address)).features.map((item) => [layer, item]);
    };
    Promise.all(this.world.layers.filter((layer) => layer.reports).map(items)).then((lists) => {
      // The reader may have gone on to another day in the meantime.
      if (this.fetched !== query) return;
      this.found = lists.flat().sort(([, a], [, b]) => severity(b.properties) - severity(a.properties));
      this.list();
    }, this.failed);
  }

  private list(): void {
    const rows = this.found.map(([layer, item]) => this.row(layer, item));
    redraw(this.reports, () => this.reports.replaceChildren(...(rows.length > 0 ? rows : [el("li", { class: "none" }, say("no_reports"))])));
  }

  private row(layer: LayerInfo, { id, properties }: Item): HTMLElement {
    const look = { effect: String(properties["effect"]), phase: String(properties["phase"]), severity: Number(properties["severity"]) };
    const since = typeof properties["valid_from"] === "string" ? day(properties["valid_from"]) : "";
    const [name, tongue] = told(properties["name"], properties["name_fr"]);
    const row = el(
      "button",
      { type: "button", "data-key": `${layer.name}:${id}` },
      swatch(this.portrayal, layer, look),
      el(
        "span",
        {},
        el("strong", { lang: tongue === language() ? null : tongue }, name),
        el("small", {}, `${code("effect", properties["effect"])} · ${code("phase", properties["phase"])} · ${since}`),
      ),
    );
    row.addEventListener("click", () => this.select(layer.name, String(id)));
    return el("li", {}, row);
  }
}

const severity = (of: Record<string, unknown>) => (of["phase"] === "active" ? 10 : 0) + Number(of["severity"] ?? 0);
