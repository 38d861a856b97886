// The map: the basemap, the layers of the asked day over it, and what is selected.

import OlMap from "ol/Map";
import View from "ol/View";
import type { FeatureLike } from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import MVT from "ol/format/MVT";
import { defaults as interactions } from "ol/interaction/defaults";
import VectorLayer from "ol/layer/Vector";
import VectorTileLayer from "ol/layer/VectorTile";
import { fromLonLat, getPointResolution, toLonLat, transformExtent } from "ol/proj";
import VectorSource from "ol/source/Vector";
import VectorTileSource from "ol/source/VectorTile";
import { Circle, Fill, Stroke, Style } from "ol/style";
import { createXYZ } from "ol/tilegrid";
import { button, el } from "./dom";
import { type State, type Store, timeQuery } from "./state";
import { LAYER, type Portrayal } from "./style";
import { say } from "./words";
import type { World } from "./world";

export interface Hit {
  layer: string;
  properties: Record<string, unknown>;
}

const TILE_PX = 512;
const HIGHEST_TILE_ZOOM = 14;
const HIT_TOLERANCE_PX = 8;
const ANIMATION_MS = 200;
const GOLD = "#E0A100";

export class MapView {
  readonly element = el("div", { class: "map", tabindex: "0", role: "application" });
  private readonly map: OlMap;
  private readonly data: VectorTileLayer;
  private readonly chosen = new VectorSource();
  private readonly scale = el("div", { class: "scale", "aria-hidden": "true" });
  private asked = "";

  constructor(
    private readonly world: World,
    private readonly portrayal: Portrayal,
    private readonly store: Store,
    clicked: (hits: Hit[]) => void,
  ) {
    const layers = world.basemap ? [this.tiles("/xyz/basemap/{z}/{x}/{y}.mvt", "basemap")] : [];
    this.data = this.tiles(undefined, "data");
    const chosen = new VectorLayer({ source: this.chosen, style: highlight, updateWhileAnimating: true });
    const { center, zoom } = store.get();
    this.map = new OlMap({
      target: this.element,
      controls: [],
      interactions: interactions({ altShiftDragRotate: false, pinchRotate: false }),
      layers: [...layers, this.data, chosen],
      view: new View({ center: fromLonLat([...center]), zoom, minZoom: 2, maxZoom: 20, enableRotation: false }),
    });
    this.element.style.backgroundColor = portrayal.background();
    this.element.append(this.scale);
    this.map.on("click", (event) => clicked(this.hits(event.pixel)));
    this.map.on("pointermove", (event) => {
      if (!event.dragging) this.element.style.cursor = this.hits(event.pixel).length > 0 ? "pointer" : "";
    });
    this.map.on("moveend", () => this.moved());
    this.map.on("rendercomplete", () => this.element.setAttribute("data-drawn", this.asked));
    store.onChange((state, before) => this.changed(state, before));
    this.ask(store.get());
  }

  buttons(): HTMLElement {
    const zoomBy = (step: number) => () => this.map.getView().animate({ zoom: (this.map.getView().getZoom() ?? 6) + step, duration: ANIMATION_MS });
    return el(
      "div",
      { class: "zoom" },
      button("+", say("zoom_in"), zoomBy(1)),
      button("−", say("zoom_out"), zoomBy(-1)),
      button("⤢", say("zoom_all"), () => this.showAll()),
    );
  }

  showAll(): void {
    const bounds = this.world.bounds;
    if (bounds) this.show(bounds, ANIMATION_MS);
  }

  // The first look, before anything was drawn: the page has just been put together, so its size is not known yet.
  begin(): void {
    this.map.updateSize();
    if (this.world.bounds) this.show(this.world.bounds, 0);
  }

  private show(bounds: readonly number[], duration: number): void {
    const [west = 0, south = 0, east = 0, north = 0] = bounds;
    const extent = transformExtent([west, Math.max(south, -85), east, Math.min(north, 85)], "EPSG:4326", "EPSG:3857");
    this.map.getView().fit(extent, { padding: this.padding(), maxZoom: 10, duration });
  }

  // What is selected, as GeoJSON; nothing if it has no place.
  highlight(feature: unknown): void {
    this.chosen.clear();
    if (!feature) return;
    const read = new GeoJSON().readFeatures(feature, { featureProjection: "EPSG:3857" });
    this.chosen.addFeatures(read.filter((one) => one.getGeometry()));
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

  private tiles(url: string | undefined, className: string): VectorTileLayer {
    const source = new VectorTileSource({
      format: new MVT({ layerName: LAYER }),
      tileGrid: createXYZ({ tileSize: TILE_PX, maxZoom: HIGHEST_TILE_ZOOM }),
      ...(url && { url }),
      transition: 0,
      cacheSize: 256,
    });
    const style = (feature: FeatureLike, resolution: number) =>
      this.portrayal.of(feature, this.map.getView().getZoomForResolution(resolution) ?? 0);
    return new VectorTileLayer({ source, style, className: `ol-layer ${className}`, declutter: "labels", renderBuffer: 128 });
  }

  private ask(state: State): void {
    const names = this.world.layers.map((layer) => layer.name).filter((name) => state.layers.has(name));
    const url = `/xyz/${names.join(",")}/{z}/{x}/{y}.mvt${timeQuery(state)}`;
    if (url === this.asked) return;
    this.asked = url;
    this.data.setVisible(names.length > 0);
    if (names.length > 0) this.data.getSource()?.setUrl(url);
  }

  private hits(pixel: number[]): Hit[] {
    const found = new Map<string, Hit>();
    const take = (feature: FeatureLike) => {
      const properties = feature.getProperties();
      const layer = String(properties[LAYER]);
      const id = String(properties["id"] ?? feature.getId() ?? JSON.stringify(properties));
      found.set(`${layer}:${id}`, { layer, properties: { ...properties, id: properties["id"] ?? feature.getId() } });
    };
    this.map.forEachFeatureAtPixel(pixel, take, {
      hitTolerance: HIT_TOLERANCE_PX,
      layerFilter: (layer) => layer === this.data,
    });
    const order = this.world.layers.map((layer) => layer.name).reverse();
    return [...found.values()].sort((a, b) => order.indexOf(a.layer) - order.indexOf(b.layer));
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
    return [small, small, small, small];
  }
}

function highlight(): Style[] {
  const ring = (color: string, width: number, radius: number) =>
    new Style({
      stroke: new Stroke({ color, width }),
      image: new Circle({ radius, stroke: new Stroke({ color, width }), fill: new Fill({ color: "#00000000" }) }),
    });
  return [ring("#FFFFFF", 6, 15), ring(GOLD, 3, 15)];
}
