// The map: the basemap, the layers of the asked day over it, and what is selected.

import OlMap from "ol/Map";
import View from "ol/View";
import type { FeatureLike } from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import MVT from "ol/format/MVT";
import { getCenter } from "ol/extent";
import { defaults as interactions } from "ol/interaction/defaults";
import VectorLayer from "ol/layer/Vector";
import VectorTileLayer from "ol/layer/VectorTile";
import { fromLonLat, getPointResolution, toLonLat, transformExtent } from "ol/proj";
import VectorSource from "ol/source/Vector";
import VectorTileSource from "ol/source/VectorTile";
import { Circle, Fill, Stroke, Style } from "ol/style";
import { createXYZ } from "ol/tilegrid";
import { root } from "./address";
import { button, el } from "./dom";
import { TILE_PX } from "./drawings";
import { type State, type Store, timeQuery } from "./state";
import { LAYER, type Part, type Portrayal } from "./style";
import { say } from "./words";
import type { LayerInfo, World } from "./world";

export interface Hit {
  layer: string;
  // As the server knows it; a file's own or its number there.
  id: string;
  properties: Record<string, unknown>;
}

// Layers with the same zooms share their tiles.
interface Group {
  names: string[];
  source: VectorTileSource;
  layers: VectorTileLayer[];
  asked: string;
}

const HIGHEST_TILE_ZOOM = 14;
const HIT_TOLERANCE_PX = 8;
const ANIMATION_MS = 200;
const GOLD = "#E0A100";

export class MapView {
  readonly element = el("div", { class: "map", tabindex: "0", role: "application" });
  private readonly map: OlMap;
  private readonly groups: Group[];
  private readonly chosen = new VectorSource();
  private readonly scale = el("div", { class: "scale", "aria-hidden": "true" });
  private asked = "";
  private frame = 0;
  // Pixels at each side that something lies over: top, right, bottom, left.
  covered: () => [number, number, number, number] = () => [0, 0, 0, 0];

  constructor(
    private readonly world: World,
    private readonly portrayal: Portrayal,
    private readonly store: Store,
    clicked: (hits: Hit[], pixel: number[]) => void,
  ) {
    this.groups = grouped(world.layers).map((layers) => this.group(layers));
    const basemap = world.basemap ? this.source(`${root}xyz/basemap/{z}/{x}/{y}.mvt`, HIGHEST_TILE_ZOOM) : undefined;
    const under = (part: Part) => (basemap ? [this.layer(basemap, part)] : []);
    const data = (part: number) => this.groups.map((group) => group.layers[part]).filter((layer) => layer !== undefined);
    const chosen = new VectorLayer({ source: this.chosen, style: highlight, updateWhileAnimating: true });
    const { center, zoom } = store.get();
    this.map = new OlMap({
      target: this.element,
      controls: [],
      interactions: interactions({ altShiftDragRotate: false, pinchRotate: false }),
      // Room for names is given out from the top down: no road of ours strikes through a name, no name of the basemap hides one of ours.
      layers: [...under("ground"), ...data(0), ...under("symbols"), ...under("names"), ...data(1), chosen, ...data(2)],
      view: new View({ center: fromLonLat([...center]), zoom, minZoom: 2, maxZoom: 20, enableRotation: false }),
    });
    this.element.style.backgroundColor = portrayal.background();
    this.element.append(this.scale);
    this.map.on("click", (event) => clicked(this.hits(event.pixel), event.pixel));
    this.map.on("pointermove", (event) => {
      if (!event.dragging) this.element.style.cursor = this.hits(event.pixel).length > 0 ? "pointer" : "";
    });
    this.map.on("moveend", () => this.moved());
    this.map.on("rendercomplete", () => this.element.setAttribute("data-drawn", this.asked));
    store.onChange((state, before) => this.changed(state, before));
    this.ask(store.get());
  }

  size(): [number, number] {
    return [this.element.clientWidth, this.element.clientHeight];
  }

  buttons(): HTMLElement {
    const zoomBy = (step: number) => () => this.map.getView().animate({ zoom: (this.map.getView().getZoom() ?? 6) + step, duration: ANIMATION_MS });
    return el(
      "div",
      { class: "zoom" },
      button("+", say("zoom_in"), zoomBy(1), "in"),
      button("−", say("zoom_out"), zoomBy(-1), "out"),
      button("⤢", say("zoom_all"), () => this.showAll(), "all"),
    );
  }

  showAll(): void {
    const bounds = this.world.bounds;
    if (bounds) this.show(bounds, ANIMATION_MS);
  }

  // The first look, before anything was drawn: the page has just been put together, so its size is not known yet.
  begin(): void {
    this.map.updateSize();
    if (this.world.focus) this.show(this.world.focus, 0);
  }

  private show(bounds: readonly number[], duration: number): void {
    const [west = 0, south = 0, east = 0, north = 0] = bounds;
    const extent = transformExtent([west, Math.max(south, -85), east, Math.min(north, 85)], "EPSG:4326", "EPSG:3857");
    this.map.getView().fit(extent, { padding: this.padding(), maxZoom: 10, duration });
  }

  // What is selected, as GeoJSON. Says whether it has a place.
  highlight(feature: unknown): boolean {
    this.chosen.clear();
    if (!feature) return false;
    const read = new GeoJSON().readFeatures(feature, { featureProjection: "EPSG:3857" });
    this.chosen.addFeatures(read.filter((one) => one.getGeometry()));
    return !this.chosen.isEmpty();
  }

  // Brings what was selected, or the place that was clicked, out from under whatever lies over the map.
  reveal(pixel?: number[]): void {
    const view = this.map.getView();
    const [x = 0, y = 0] = view.getCenter() ?? [];
    const resolution = view.getResolution() ?? 1;
    const [width, height] = this.size();
    const extent = this.chosen.isEmpty() ? null : this.chosen.getExtent();
    if (!pixel && !extent) return;
    const [east = 0, north = 0] = extent ? getCenter(extent) : [];
    const [right = 0, down = 0] = pixel ?? [width / 2 + (east - x) / resolution, height / 2 - (north - y) / resolution];
    const padding = this.padding();
    const past = (at: number, low: number, high: number) => (at < low ? at - low : Math.max(0, at - high));
    const by = [past(right, padding[3], width - padding[1]), past(down, padding[0], height - padding[2])] as const;
    if (by[0] === 0 && by[1] === 0) return;
    view.animate({ center: [x + by[0] * resolution, y - by[1] * resolution], duration: ANIMATION_MS });
  }

  zoomToChosen(): void {
    const extent = this.chosen.getExtent();
    if (extent && Number.isFinite(extent[0])) this.map.getView().fit(extent, { padding: this.padding(), maxZoom: 9, duration: ANIMATION_MS });
  }

  // Resolves when the tiles of the state as it is now are on the screen.
  drawn(): Promise<void> {
    return new Promise((resolve) => {
      this.map.once("rendercomplete", () => resolve());
      this.map.render();
    });
  }

  private group(layers: LayerInfo[]): Group {
    const { min_zoom, max_zoom } = layers[0] as LayerInfo;
    const source = this.source(undefined, Math.min(HIGHEST_TILE_ZOOM, max_zoom));
    // A tile is shown from half a zoom before its own on, and OpenLayers counts one zoom more.
    const minZoom = min_zoom > 0 ? min_zoom + 0.5 : Number.NEGATIVE_INFINITY;
    const parts: Part[] = ["ground", "symbols", "names"];
    return { names: layers.map(({ name }) => name), source, layers: parts.map((part) => this.layer(source, part, minZoom)), asked: "" };
  }

  private source(url: string | undefined, maxZoom: number): VectorTileSource {
    return new VectorTileSource({
      format: new MVT({ layerName: LAYER }),
      tileGrid: createXYZ({ tileSize: TILE_PX, maxZoom }),
      ...(url && { url }),
      transition: 0,
      cacheSize: 256,
    });
  }

  private layer(source: VectorTileSource, part: Part, minZoom = Number.NEGATIVE_INFINITY): VectorTileLayer {
    const style = (feature: FeatureLike, resolution: number) =>
      this.portrayal.of(feature, this.map.getView().getZoomForResolution(resolution) ?? 0, part);
    return new VectorTileLayer({ source, style, declutter: "labels", renderBuffer: 128, minZoom });
  }

  // The tiles of a state: at most one change a frame, however fast the reader drags the date.
  private ask(state: State): void {
    const urls = this.groups.map((group) => {
      const names = group.names.filter((name) => state.layers.has(name));
      return names.length > 0 ? `${root}xyz/${names.join(",")}/{z}/{x}/{y}.mvt${timeQuery(state)}` : "";
    });
    const asked = urls.join(" ");
    if (asked === this.asked) return;
    this.asked = asked;
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() =>
      this.groups.forEach((group, position) => {
        const url = urls[position] ?? "";
        if (url === group.asked) return;
        group.asked = url;
        group.layers.forEach((layer) => layer.setVisible(url !== ""));
        if (url) group.source.setUrl(url);
      }),
    );
  }

  private hits(pixel: number[]): Hit[] {
    const found = new Map<string, Hit>();
    const take = (feature: FeatureLike) => {
      const properties = feature.getProperties();
      const layer = String(properties[LAYER]);
      const id = String(this.isDomain(layer) ? properties["id"] : (feature.getId() ?? properties["id"]));
      found.set(`${layer}:${id}`, { layer, id, properties });
    };
    this.map.forEachFeatureAtPixel(pixel, take, {
      hitTolerance: HIT_TOLERANCE_PX,
      layerFilter: (layer) => this.groups.some((group) => group.layers.includes(layer as VectorTileLayer)),
    });
    const order = this.world.layers.map((layer) => layer.name).reverse();
    return [...found.values()].sort((a, b) => order.indexOf(a.layer) - order.indexOf(b.layer));
  }

  private isDomain(name: string): boolean {
    return this.world.layers.some((layer) => layer.name === name && layer.kind === "domain");
  }

  private moved(): void {
    const view = this.map.getView();
    const center = view.getCenter();
    if (!center) return;
    const [longitude = 0, latitude = 0] = toLonLat(center);
    this.store.set({ center: [longitude, latitude], zoom: view.getZoom() ?? 0 });
    this.drawScale();
  }

  private changed(state: State, before: State): void {
    if (state.at !== before.at || state.then !== before.then || state.layers !== before.layers) this.ask(state);
    const view = this.map.getView();
    const [longitude = 0, latitude = 0] = toLonLat(view.getCenter() ?? [0, 0]);
    const moved = Math.hypot(state.center[0] - longitude, state.center[1] - latitude) > 1e-9 || state.zoom !== view.getZoom();
    if (state.center !== before.center && moved) {
      view.setCenter(fromLonLat([...state.center]));
      view.setZoom(state.zoom);
    }
  }

  // A bar of a round length on the ground at the middle of the map.
  private drawScale(): void {
    const view = this.map.getView();
    const metres = getPointResolution("EPSG:3857", view.getResolution() ?? 1, view.getCenter() ?? [0, 0]);
    const most = metres * 110;
    const power = 10 ** Math.floor(Math.log10(most));
    const length = [5, 2, 1].map((step) => step * power).find((step) => step <= most) ?? power;
    this.scale.style.width = `${length / metres}px`;
    this.scale.textContent = length >= 1000 ? `${length / 1000} km` : `${length} m`;
  }

  private padding(): [number, number, number, number] {
    const small = Math.min(40, this.element.clientWidth / 10);
    const [top, right, bottom, left] = this.covered();
    return [top + small, right + small, bottom + small, left + small];
  }
}

// Layers by their zooms, in drawing order.
function grouped(layers: LayerInfo[]): LayerInfo[][] {
  const groups = new Map<string, LayerInfo[]>();
  for (const layer of layers) {
    const key = `${layer.min_zoom}-${Math.min(HIGHEST_TILE_ZOOM, layer.max_zoom)}`;
    groups.set(key, [...(groups.get(key) ?? []), layer]);
  }
  return [...groups.values()];
}

function highlight(): Style[] {
  const ring = (color: string, width: number, radius: number) =>
    new Style({
      stroke: new Stroke({ color, width }),
      image: new Circle({ radius, stroke: new Stroke({ color, width }), fill: new Fill({ color: "#00000000" }) }),
    });
  return [ring("#FFFFFF", 6, 15), ring(GOLD, 3, 15)];
}
