// The legend, drawn by the rules that draw the map: a swatch is what the style says a feature of that kind looks like.

import { faded } from "./colour";
import { el } from "./dom";
import { canvas, DENSITY, drawHatch } from "./drawings";
import { evaluate, numbers, type Scope, type Value } from "./expression";
import type { Portrayal } from "./style";
import { language, say } from "./words";
import type { LayerInfo, LegendItem, Rule } from "./world";

const WIDTH = 34;
const HEIGHT = 22;
// The zoom at which swatches are read off the style: sizes in the middle of their range.
const ZOOM = 7;

// Whether the style draws anything of a layer that a legend can name.
export function listed(portrayal: Portrayal, layer: LayerInfo): boolean {
  return layer.kind === "reference" || entries(portrayal, layer) !== undefined;
}

export function legend(portrayal: Portrayal, layer: LayerInfo): HTMLElement {
  const found = entries(portrayal, layer);
  const items = (found?.items ?? []).map((item) =>
    el("li", {}, swatch(portrayal, layer, looks(item.by ?? found?.by ?? "", item.value)), el("span", {}, item[language()])),
  );
  if (layer.reports && found) {
    const example = { [found.by]: found.items[0]?.value, phase: "recent" };
    items.push(el("li", {}, swatch(portrayal, layer, example), el("span", {}, say("outlined"))));
  }
  return el("ul", { class: "legend" }, ...items);
}

// One picture for a layer without legend entries.
export function swatch(portrayal: Portrayal, layer: LayerInfo, properties: Record<string, Value>): HTMLCanvasElement {
  const ratio = Math.min(3, Math.max(1, window.devicePixelRatio));
  const [element, context] = canvas(WIDTH * ratio, HEIGHT * ratio);
  element.className = "swatch";
  element.style.width = `${WIDTH}px`;
  element.style.height = `${HEIGHT}px`;
  context.scale(ratio, ratio);
  for (const geometry of ["Polygon", "LineString", "Point"] as const) {
    if (!has(layer, geometry)) continue;
    const scope: Scope = { zoom: ZOOM, properties, geometry };
    for (const [, rule] of portrayal.shown(layer.name, scope)) draw(context, portrayal, rule, scope, ratio);
  }
  return element;
}

// What rules ask for beside what an entry names: a feature as it mostly is.
const ELSE = { phase: "active", effect: "restricts", status: "restricted", area_class: "attack" };

const looks = (by: string, value: string) => ({ ...ELSE, [by]: value === "true" ? true : value });

// A report is a mark, a line or both.
function has(layer: LayerInfo, geometry: Scope["geometry"]): boolean {
  if (layer.reports) return geometry !== "Polygon";
  const kinds = { point: ["Point"], line: ["LineString"], polygon: ["Polygon"], mixed: ["Polygon", "LineString", "Point"], none: [] };
  return kinds[layer.geometry].includes(geometry as never);
}

function entries(portrayal: Portrayal, layer: LayerInfo): { by: string; items: LegendItem[] } | undefined {
  const rules = portrayal.rules.filter((rule) => rule["source-layer"] === layer.name);
  return rules.map((rule) => rule.metadata?.["roadblock:legend"]).find((found) => found !== undefined);
}

function draw(context: CanvasRenderingContext2D, portrayal: Portrayal, rule: Rule, scope: Scope, ratio: number): void {
  const paint = (name: string) => evaluate(rule.paint?.[name], scope);
  const layout = (name: string) => evaluate(rule.layout?.[name], scope);
  const opacity = Number(paint(`${rule.type}-opacity`) ?? 1);
  context.save();
  switch (rule.type) {
    case "fill": {
      const pattern = paint("fill-pattern");
      const tile = pattern ? drawHatch(portrayal.drawings, String(pattern), opacity, ratio) : undefined;
      const hatch = tile && context.createPattern(tile, "repeat");
      hatch?.setTransform(new DOMMatrix().scale(1 / ratio));
      context.fillStyle = hatch || (pattern ? "transparent" : faded(String(paint("fill-color") ?? "#000000"), opacity));
      context.fillRect(2, 2, WIDTH - 4, HEIGHT - 4);
      break;
    }
    case "line": {
      const width = Number(paint("line-width") ?? 1);
      context.strokeStyle = faded(String(paint("line-color") ?? "#000000"), opacity);
      context.lineWidth = width;
      context.setLineDash((numbers(rule.paint?.["line-dasharray"]) ?? []).map((length) => length * width));
      if (scope.geometry === "Polygon") context.strokeRect(2, 2, WIDTH - 4, HEIGHT - 4);
      else context.stroke(new Path2D(`M2 ${HEIGHT / 2}H${WIDTH - 2}`));
      break;
    }
    case "circle":
      context.fillStyle = String(paint("circle-color") ?? "#000000");
      context.strokeStyle = String(paint("circle-stroke-color") ?? "#FFFFFF");
      context.lineWidth = Number(paint("circle-stroke-width") ?? 0);
      context.beginPath();
      context.arc(WIDTH / 2, HEIGHT / 2, Number(paint("circle-radius") ?? 5), 0, 2 * Math.PI);
      context.fill();
      context.stroke();
      break;
    case "symbol": {
      const icon = portrayal.icon(String(layout("icon-image") ?? ""));
      const side = Math.min(HEIGHT, (Number(icon?.width ?? 0) / DENSITY) * Number(layout("icon-size") ?? 1));
      if (icon) context.drawImage(icon, (WIDTH - side) / 2, (HEIGHT - side) / 2, side, side);
    }
  }
  context.restore();
}
