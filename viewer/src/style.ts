// The style document as an OpenLayers style: one list of rules, in drawing order, for every layer and for the legend.

import type { FeatureLike } from "ol/Feature";
import { Circle, Fill, Icon, Stroke, Style, Text } from "ol/style";
import { DENSITY, type Drawings, drawHatch, drawIcon } from "./drawings";
import { evaluate, type Expression, numbers, type Scope, type Value } from "./expression";
import type { Rule, StyleDocument } from "./world";

// Where a vector tile says which layer a feature is of.
export const LAYER = "@layer";

// Zoom of the style document counts tiles of 512 pixels; OpenLayers counts tiles of 256.
const ZOOM_OFFSET = 1;
const PARTS: Record<string, Scope["geometry"][]> = {
  fill: ["Polygon"],
  line: ["LineString", "Polygon"],
  symbol: ["Point"],
  circle: ["Point"],
};

export class Portrayal {
  readonly rules: Rule[];
  private readonly bySource = new Map<string, [number, Rule][]>();
  private readonly styles = new Map<string, Style>();
  private readonly icons = new Map<string, HTMLCanvasElement | undefined>();

  constructor(
    document: StyleDocument,
    readonly drawings: Drawings,
  ) {
    this.rules = document.layers;
    this.rules.forEach((rule, order) => {
      const source = rule["source-layer"];
      if (source) this.bySource.set(source, [...(this.bySource.get(source) ?? []), [order, rule]]);
    });
  }

  // The colour under everything.
  background(): string {
    const rule = this.rules.find((candidate) => candidate.type === "background");
    return String(rule?.paint?.["background-color"] ?? "#FFFFFF");
  }

  // Styles of one feature of a vector tile at a zoom of OpenLayers.
  of(feature: FeatureLike, zoom: number): Style[] {
    const properties = feature.getProperties() as Record<string, Value>;
    const geometry = feature.getGeometry()?.getType().replace("Multi", "").replace("LinearRing", "LineString");
    if (geometry !== "Point" && geometry !== "LineString" && geometry !== "Polygon") return [];
    const scope: Scope = { zoom: zoom - ZOOM_OFFSET, properties, geometry };
    return this.shown(String(properties[LAYER]), scope).flatMap(([order, rule]) => this.style(order, rule, scope) ?? []);
  }

  // Rules of a layer that draw a feature, in order.
  shown(layer: string, scope: Scope): [number, Rule][] {
    return (this.bySource.get(layer) ?? []).filter(
      ([, rule]) =>
        PARTS[rule.type]?.includes(scope.geometry) &&
        scope.zoom >= (rule.minzoom ?? 0) &&
        scope.zoom < (rule.maxzoom ?? 99) &&
        (rule.filter === undefined || evaluate(rule.filter, scope) === true),
    );
  }

  icon(name: string): HTMLCanvasElement | undefined {
    if (!this.icons.has(name)) this.icons.set(name, drawIcon(this.drawings, name));
    return this.icons.get(name);
  }

  // Equal values give the same style object, so that a large layer costs one for each look and not for each feature.
  private style(order: number, rule: Rule, scope: Scope): Style | undefined {
    const look = read(rule, scope);
    const key = `${order} ${JSON.stringify(look)}`;
    let style = this.styles.get(key);
    if (!style) {
      style = this.make(order, rule, look);
      if (!style) return undefined;
      // Labels make many looks; forgetting all is cheaper than counting.
      if (this.styles.size > 20_000) this.styles.clear();
      this.styles.set(key, style);
    }
    return style;
  }

  private make(order: number, rule: Rule, look: Look): Style | undefined {
    const zIndex = order * 100 + 50 - Math.round(Math.min(49, Number(look["symbol-sort-key"] ?? 0)));
    switch (rule.type) {
      case "fill":
        return this.fill(look, zIndex);
      case "line":
        return line(rule, look, zIndex);
      case "circle":
        return circle(look, zIndex);
      default:
        return this.symbol(rule, look, zIndex);
    }
  }

  private fill(look: Look, zIndex: number): Style | undefined {
    const opacity = Number(look["fill-opacity"] ?? 1);
    if (look["fill-pattern"]) {
      const tile = drawHatch(this.drawings, String(look["fill-pattern"]), opacity, window.devicePixelRatio);
      const pattern = tile?.getContext("2d")?.createPattern(tile, "repeat");
      return pattern ? new Style({ fill: new Fill({ color: pattern }), zIndex }) : undefined;
    }
    const outline = look["fill-outline-color"];
    const fill = new Fill({ color: faded(String(look["fill-color"] ?? "#000000"), opacity) });
    return outline ? new Style({ fill, stroke: new Stroke({ color: String(outline), width: 1 }), zIndex }) : new Style({ fill, zIndex });
  }

  private symbol(rule: Rule, look: Look, zIndex: number): Style | undefined {
    const img = look["icon-image"] ? this.icon(String(look["icon-image"])) : undefined;
    const overlaps = look["icon-allow-overlap"] === true;
    const image = img && new Icon({ img, scale: Number(look["icon-size"] ?? 1) / DENSITY, declutterMode: overlaps ? "none" : "declutter" });
    const label = look["text-field"] ? text(rule, look) : undefined;
    if (!image && !label) return undefined;
    return new Style({ ...(image && { image }), ...(label && { text: label }), zIndex });
  }
}

type Look = Record<string, Value>;

// Everything of a rule that depends on the feature or the zoom. Arrays that are data are read where they are drawn.
function read(rule: Rule, scope: Scope): Look {
  const look: Look = {};
  for (const part of [rule.paint, rule.layout]) {
    for (const [name, expression] of Object.entries(part ?? {})) if (!isData(name)) look[name] = rounded(evaluate(expression, scope));
  }
  return look;
}

const isData = (name: string) => ["line-dasharray", "text-offset", "text-font"].includes(name);

// A tenth of a pixel is not seen; without this every zoom in between would make a look of its own.
const rounded = (value: Value) => (typeof value === "number" ? Math.round(value * 20) / 20 : value);

function line(rule: Rule, look: Look, zIndex: number): Style {
  const width = Number(look["line-width"] ?? 1);
  const dash = numbers(rule.paint?.["line-dasharray"])?.map((length) => length * width);
  return new Style({
    stroke: new Stroke({
      color: faded(String(look["line-color"] ?? "#000000"), Number(look["line-opacity"] ?? 1)),
      width,
      lineCap: (look["line-cap"] as CanvasLineCap | undefined) ?? "butt",
      lineJoin: (look["line-join"] as CanvasLineJoin | undefined) ?? "miter",
      ...(dash && { lineDash: dash }),
    }),
    zIndex,
  });
}

function circle(look: Look, zIndex: number): Style {
  const width = Number(look["circle-stroke-width"] ?? 0);
  const stroke = width > 0 ? new Stroke({ color: String(look["circle-stroke-color"] ?? "#000000"), width }) : undefined;
  const fill = new Fill({ color: String(look["circle-color"] ?? "#000000") });
  return new Style({ image: new Circle({ radius: Number(look["circle-radius"] ?? 5), fill, ...(stroke && { stroke }) }), zIndex });
}

function text(rule: Rule, look: Look): Text {
  const size = Number(look["text-size"] ?? 16);
  const [right = 0, down = 0] = numbers(rule.layout?.["text-offset"]) ?? [];
  const weight = String((rule.layout?.["text-font"] as Expression[] | undefined)?.[0] ?? "").includes("Bold") ? "600 " : "";
  const halo = Number(look["text-halo-width"] ?? 0);
  return new Text({
    text: String(look["text-field"]),
    font: `${weight}${size}px "DejaVu Sans", system-ui, sans-serif`,
    textAlign: look["text-anchor"] === "left" ? "left" : "center",
    offsetX: right * size,
    offsetY: down * size,
    fill: new Fill({ color: String(look["text-color"] ?? "#000000") }),
    ...(halo > 0 && { stroke: new Stroke({ color: String(look["text-halo-color"] ?? "#FFFFFF"), width: 2 * halo }) }),
  });
}

// A colour of six hexadecimal digits with an opacity.
export function faded(color: string, opacity: number): string {
  const alpha = Math.round(255 * Math.min(1, Math.max(0, opacity)));
  return `${color}${alpha.toString(16).padStart(2, "0")}`;
}
