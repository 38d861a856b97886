// The panel: title and date, layers with their legend, the reports in force as a list, downloads and addresses for other clients.

import { button, el, link } from "./dom";
import { legend, listed, swatch } from "./legend";
import { instant, type State, type Store, timeQuery } from "./state";
import type { Portrayal } from "./style";
import { code, day, say, titleOf } from "./words";
import { type LayerInfo, read, type World } from "./world";

interface Items {
  features: { id: string | number; properties: Record<string, unknown> }[];
}

// More than a reader reads; the whole list is one download away.
const MOST_REPORTS = 100;

export class Panel {
  readonly element = el("aside", { class: "panel", id: "panel" });
  private readonly date = el("p", { class: "as-of" });
  private readonly reports = el("ul", { class: "reports" });
  private readonly disclaimer = el("p", { class: "disclaimer" });
  private fetched = "";

  constructor(
    private readonly world: World,
    private readonly portrayal: Portrayal,
    private readonly store: Store,
    private readonly select: (layer: string, id: string) => void,
    private readonly failed: (reason: unknown) => void,
  ) {
    this.build();
    store.onChange((state, before) => {
      if (state.language !== before.language) this.build();
      else if (state.at !== before.at || state.then !== before.then) this.update();
      else if (state.layers !== before.layers) this.build();
    });
  }

  private build(): void {
    const { world } = this;
    this.fetched = "";
    this.element.setAttribute("aria-label", say("panel"));
    this.element.replaceChildren(
      el("header", {}, el("h1", {}, world.title), this.languageButton()),
      this.date,
      el("p", { class: "about" }, world.description),
      el("h2", {}, say("layers")),
      el("ul", { class: "layers" }, ...world.layers.filter((layer) => listed(this.portrayal, layer)).map((layer) => this.layer(layer))),
      ...(world.layers.some((layer) => layer.reports) ? [el("h2", {}, say("reports")), this.reports] : []),
      this.downloads(),
      this.elsewhere(),
      this.disclaimer,
      el("p", { class: "credits" }, ...this.credits()),
    );
    this.update();
  }

  private update(): void {
    const state = this.store.get();
    this.date.textContent = state.at === null ? "" : say("as_of", { date: day(instant(state.at)) });
    const known = state.then && state.at !== null ? state.at : Date.now() / 1000;
    const at = state.at ?? known;
    this.disclaimer.textContent = (this.world.disclaimer ?? "")
      .replace("{at}", instant(Math.floor(at)))
      .replace("{known_at}", instant(Math.floor(known)));
    void this.list(state).catch(this.failed);
  }

  private languageButton(): HTMLElement {
    const language = this.store.get().language === "fr" ? "en" : "fr";
    return button(say("language"), say("language"), () => this.store.set({ language }), "language");
  }

  private layer(layer: LayerInfo): HTMLElement {
    const shown = this.store.get().layers;
    const box = el("input", { type: "checkbox", checked: shown.has(layer.name) });
    box.addEventListener("change", () => {
      const layers = new Set(this.store.get().layers);
      if (box.checked) layers.add(layer.name);
      else layers.delete(layer.name);
      this.store.set({ layers });
    });
    const simple = layer.kind === "reference" ? swatch(this.portrayal, layer, {}) : null;
    const details = shown.has(layer.name) ? legend(this.portrayal, layer) : null;
    return el("li", {}, el("label", { title: layer.description }, box, simple, titleOf(layer)), details);
  }

  private async list(state: State): Promise<void> {
    const query = timeQuery(state);
    if (query === this.fetched || query === "") return;
    this.fetched = query;
    const lists = await Promise.all(this.world.layers.filter((layer) => layer.reports).map((layer) => this.rows(layer, query)));
    // The reader may have gone on to another day in the meantime.
    if (this.fetched !== query) return;
    const rows = lists.flat();
    this.reports.replaceChildren(...(rows.length > 0 ? rows : [el("li", { class: "none" }, say("no_reports"))]));
  }

  private async rows(layer: LayerInfo, query: string): Promise<HTMLElement[]> {
    const items = await read<Items>(`/collections/${layer.name}/items${query}&phase=active,recent&limit=${MOST_REPORTS}`);
    const severity = (of: Record<string, unknown>) => (of["phase"] === "active" ? 10 : 0) + Number(of["severity"] ?? 0);
    const sorted = items.features.sort((a, b) => severity(b.properties) - severity(a.properties));
    return sorted.map(({ id, properties }) => {
      const look = { effect: String(properties["effect"]), phase: String(properties["phase"]), severity: Number(properties["severity"]) };
      const since = typeof properties["valid_from"] === "string" ? day(properties["valid_from"]) : "";
      const row = el(
        "button",
        { type: "button" },
        swatch(this.portrayal, layer, look),
        el(
          "span",
          {},
          el("strong", {}, this.name(properties)),
          el("small", {}, `${code("effect", properties["effect"])} · ${code("phase", properties["phase"])} · ${since}`),
        ),
      );
      row.addEventListener("click", () => this.select(layer.name, String(id)));
      return el("li", {}, row);
    });
  }

  private name(properties: Record<string, unknown>): string {
    const french = this.store.get().language === "fr" ? properties["name_fr"] : null;
    return String(french ?? properties["name"]);
  }

  private downloads(): HTMLElement {
    const rows = this.world.layers.map((layer) =>
      el("li", {}, el("a", { href: `/collections/${layer.name}/download.geojson`, download: true }, `${titleOf(layer)} (GeoJSON, ${layer.count})`)),
    );
    return el("details", {}, el("summary", {}, say("downloads")), el("ul", {}, ...rows));
  }

  private elsewhere(): HTMLElement {
    const { origin } = location;
    const layers = [...this.store.get().layers].join(",") || "all";
    const addresses: [string, string][] = [
      [say("features"), `${origin}/`],
      [say("vector"), `${origin}/xyz/${layers}/{z}/{x}/{y}.mvt`],
      [say("raster"), `${origin}/xyz/${layers}/{z}/{x}/{y}.png`],
      [say("tilejson"), `${origin}/xyz/${layers}.json`],
      [say("style"), `${origin}/styles/default.json`],
    ];
    const share = el("button", { type: "button", class: "share" }, say("share"));
    share.addEventListener("click", () => copy(location.href, share, say("share")));
    return el(
      "details",
      {},
      el("summary", {}, say("use")),
      share,
      ...addresses.map(([label, address]) => addressRow(label, address)),
      el(
        "p",
        {},
        `${say("previews")}: `,
        el("a", { href: "/preview/leaflet" }, "Leaflet"),
        ", ",
        el("a", { href: "/preview/maplibre" }, "MapLibre"),
        " · ",
        el("a", { href: "/api.html" }, say("api")),
        " · ",
        el("a", { href: this.world.licences }, say("licences")),
      ),
    );
  }

  private credits(): (Node | string)[] {
    const texts = [...this.world.layers.map((layer) => layer.attribution), this.world.basemap?.attribution ?? ""];
    return [...new Set(texts.filter(Boolean))].flatMap((text, position) => [position > 0 ? " | " : "", link(text, text) as string]);
  }
}

function addressRow(label: string, address: string): HTMLElement {
  const field = el("input", { type: "text", readonly: true, value: address, "aria-label": label });
  field.addEventListener("focus", () => field.select());
  const press = el("button", { type: "button", "aria-label": `${say("copy")}: ${label}` }, say("copy"));
  press.addEventListener("click", () => copy(address, press, say("copy"), field));
  return el("div", { class: "address" }, el("span", {}, label), el("div", {}, field, press));
}

// Over plain HTTP a browser keeps its clipboard shut; then the text is at least selected.
function copy(text: string, pressed: HTMLElement, label: string, field?: HTMLInputElement): void {
  const done = () => {
    pressed.textContent = say("copied");
    setTimeout(() => (pressed.textContent = label), 1500);
  };
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, () => field?.select());
  else field?.select();
}
