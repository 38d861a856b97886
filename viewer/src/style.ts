// The style document as an OpenLayers style: one list of rules, in drawing order, for every layer and for the legend.

import type { FeatureLike } from "ol/Feature";
import { Circle, Fill, Icon, Stroke, Style, Text } from "ol/style";
import { faded } from "./colour";
import { DENSITY, type Drawings, drawHatch, drawIcon, drawSoft, SOFT_PX } from "./drawings";
import { evaluate, type Expression, numbers, type Scope, type Value } from "./expression";
import type { Rule, StyleDocument } from "./world";

// Where a vector tile says which layer a feature is of.
export const LAYER = "@layer";

// Zoom of the style document counts tiles of 512 pixels; OpenLayers counts tiles of 256.
const ZOOM_OFFSET = 1;
// What one map layer draws of its features: the ground, the icons and lesser names over it, the names that go first.
export type Part = "ground" | "symbols" | "names";
// Names of a lower sort key go first. They have a map layer of their own, because room is given out tile by tile:
// else a village in one tile could take the room of a city in the next.
const FIRST_NAMES = 3;
// Names lie over icons, so that no mark hides a letter.
const OVER_ICONS = 1e6;

const GEOMETRIES: Record<string, Scope["geometry"][]> = {
  fill: ["Polygon"],
  line: ["LineString", "Polygon"],
  // An area carries its symbols at a point inside it.
  symbol: ["Point", "Polygon"],
  circle: ["Point"],
};
const drawnBy = (rule: Rule): Scope["geometry"][] => (rule.layout?.["symbol-placement"] === "line" ? ["LineString"] : (GEOMETRIES[rule.type] ?? []));

export class Portrayal {
  readonly rules: Rule[];
  private readonly bySource = new Map<string, [number, Rule][]>();
  private readonly styles = new Map<string, Style[]>();
  private readonly icons = new Map<string, HTMLCanvasElement | undefined>();
  private readonly soft = new Map<string, HTMLCanvasElement>();

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

  // Styles of one feature of a vector tile at a zoom of OpenLayers, in one part of the map.
  of(feature: FeatureLike, zoom: number, part: Part): Style[] {
    const properties = feature.getProperties() as Record<string, Value>;
    const geometry = feature.getGeometry()?.getType().replace("Multi", "").replace("LinearRing", "LineString");
    if (geometry !== "Point" && geometry !== "LineString" && geometry !== "Polygon") return [];
    const scope: Scope = { zoom: zoom - ZOOM_OFFSET, properties, geometry };
    return this.shown(String(properties[LAYER]), scope).flatMap(([order, rule]) => this.style(order, rule, scope, part) ?? []);
  }

  // Rules of a layer that draw a feature, in order.
  shown(layer: string, scope: Scope): [number, Rule][] {
    return (this.bySource.get(layer) ?? []).filter(
      ([, rule]) =>
        drawnBy(rule).includes(scope.geometry) &&
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
  private style(order: number, rule: Rule, scope: Scope, part: Part): Style[] | undefined {
    if ((rule.type === "symbol") === (part === "ground")) return undefined;
    const look = read(rule, scope);
    const key = `${part} ${order} ${JSON.stringify(look)}`;
    let style = this.styles.get(key);
    if (!style) {
      style = this.make(order, rule, look, part);
      // Labels make many looks; forgetting all is cheaper than counting.
      if (this.styles.size > 20_000) this.styles.clear();
      this.styles.set(key, style);
    }
    return style;
  }

  private make(order: number, rule: Rule, look: Look, part: Part): Style[] {
    // Of icons that always show the higher key lies above; of names the lower key comes first.
    const key = Math.max(-49, Math.min(49, Math.round(Number(look["symbol-sort-key"] ?? 0))));
    const zIndex = order * 100 + 50 + (rule.layout?.["icon-allow-overlap"] === true ? key : -key);
    switch (rule.type) {
      case "fill":
        return this.fill(look, zIndex);
      case "line":
        return [line(rule, look, zIndex)];
      case "circle":
        return [this.circle(look, zIndex)];
      default:
        return this.symbol(rule, look, zIndex, part);
    }
  }

  private fill(look: Look, zIndex: number): Style[] {
    const opacity = Number(look["fill-opacity"] ?? 1);
    if (look["fill-pattern"]) {
      const tile = drawHatch(this.drawings, String(look["fill-pattern"]), opacity, window.devicePixelRatio);
      const pattern = tile?.getContext("2d")?.createPattern(tile, "repeat");
      return pattern ? [new Style({ fill: new Fill({ color: pattern }), zIndex })] : [];
    }
    const outline = look["fill-outline-color"];
    const fill = new Fill({ color: faded(String(look["fill-color"] ?? "#000000"), opacity) });
    return [new Style({ fill, ...(outline && { stroke: new Stroke({ color: String(outline), width: 1 }) }), zIndex })];
  }

  private circle(look: Look, zIndex: number): Style {
    const [colour, radius] = [String(look["circle-color"] ?? "#000000"), Number(look["circle-radius"] ?? 5)];
    const opacity = Number(look["circle-opacity"] ?? 1);
    if (Number(look["circle-blur"] ?? 0) > 0) {
      const key = `${colour} ${opacity}`;
      const img = this.soft.get(key) ?? drawSoft(colour, opacity);
      this.soft.set(key, img);
      return new Style({ image: new Icon({ img, scale: radius / SOFT_PX, declutterMode: "none" }), zIndex });
    }
    const width = Number(look["circle-stroke-width"] ?? 0);
    const stroke = width > 0 ? new Stroke({ color: String(look["circle-stroke-color"] ?? "#000000"), width }) : undefined;
    return new Style({ image: new Circle({ radius, fill: new Fill({ color: faded(colour, opacity) }), ...(stroke && { stroke }) }), zIndex });
  }

  // An icon always shows; a name only where it has room. A lesser text that names no icon gives way to icons too.
  private symbol(rule: Rule, look: Look, zIndex: number, part: Part): Style[] {
    const goesFirst = Number(look["symbol-sort-key"] ?? Number.POSITIVE_INFINITY) < FIRST_NAMES && look["symbol-placement"] !== "line";
    const styles: Style[] = [];
    const img = part === "symbols" && look["icon-image"] ? this.icon(String(look["icon-image"])) : undefined;
    if (img) {
      const size = Number(look["icon-size"] ?? 1);
      const [right = 0, down = 0] = numbers(rule.layout?.["icon-offset"]) ?? [];
      const image = new Icon({ img, scale: size / DENSITY, displacement: [right * size, -down * size], declutterMode: "obstacle" });
      styles.push(new Style({ image, zIndex }));
    }
    const above = goesFirst || look["icon-image"] !== undefined ? OVER_ICONS : 0;
    if (look["text-field"] && (part === "names") === goesFirst) styles.push(new Style({ text: text(rule, look), zIndex: zIndex + above }));
    return styles;
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

const isData = (name: string) => ["line-dasharray", "icon-offset", "text-offset", "text-font", "text-variable-anchor", "text-variable-anchor-offset"].includes(name);

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

function text(rule: Rule, look: Look): Text {
  const size = Number(look["text-size"] ?? 16);
  const [right, down] = offset(rule, look);
  const weight = String((rule.layout?.["text-font"] as Expression[] | undefined)?.[0] ?? "").includes("Bold") ? "600 " : "";
  const halo = Number(look["text-halo-width"] ?? 0);
  const along = look["symbol-placement"] === "line";
  const words = String(look["text-field"]);
  return new Text({
    // A text along a line is one line, and left out where it does not fit.
    ...(along
      ? { text: words, placement: "line", maxAngle: (Number(look["text-max-angle"] ?? 45) * Math.PI) / 180 }
      : { text: wrapped(words, Number(look["text-max-width"] ?? 10)), overflow: true }),
    font: `${weight}${size}px "DejaVu Sans", system-ui, sans-serif`,
    textAlign: anchor(rule, look) === "left" ? "left" : "center",
    offsetX: right * size,
    offsetY: down * size,
    fill: new Fill({ color: String(look["text-color"] ?? "#000000") }),
    ...(halo > 0 && { stroke: new Stroke({ color: String(look["text-halo-color"] ?? "#FFFFFF"), width: 2 * halo }) }),
  });
}

// OpenLayers tries one place for a text: the first that the style names.
const anchor = (rule: Rule, look: Look) => (rule.layout?.["text-variable-anchor"] as Value[] | undefined)?.[0] ?? look["text-anchor"] ?? "center";

// Right and down, in ems.
function offset(rule: Rule, look: Look): [number, number] {
  const radial = Number(look["text-radial-offset"] ?? 0);
  if (radial > 0) return [anchor(rule, look) === "left" ? radial : 0, 0];
  const [right = 0, down = 0] = numbers(rule.layout?.["text-offset"]) ?? [];
  return [right, down];
}

// Broken between words where a line grows longer than so many ems; a letter is about half an em wide.
function wrapped(text: string, ems: number): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < 2 * ems) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join("\n");
}
