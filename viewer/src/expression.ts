// The expressions of the style document, evaluated: the part of MapLibre's that the raster tiles are drawn with, and
// geometry-type. tests/style/expressions.json holds both to the same values.

import { formatColour, parseColour } from "./colour";
import { call, finite, same, type Value } from "./functions";

export type { Value };

export type Expression = Value | readonly Expression[];

export interface Scope {
  zoom: number;
  properties: Record<string, Value>;
  geometry: "Point" | "LineString" | "Polygon";
}

// Values that `let` has named, the nearest first.
type Names = { name: string; value: Value; around: Names } | undefined;

// What does not fit is null; drawing then takes the default.
export function evaluate(expression: Expression, scope: Scope, names?: Names): Value {
  if (!Array.isArray(expression)) return expression as Value;
  const [name, ...rest] = expression as Expression[];
  const worth = (term: Expression) => evaluate(term, scope, names);
  const value = (position: number) => worth(rest[position]);
  switch (name) {
    case "literal":
      return rest[0] as Value;
    case "get":
      return scope.properties[String(rest[0])];
    case "has":
      return scope.properties[String(rest[0])] !== undefined;
    case "zoom":
      return scope.zoom;
    case "geometry-type":
      return scope.geometry;
    case "all":
      return rest.every((term) => worth(term) === true);
    case "any":
      return rest.some((term) => worth(term) === true);
    case "coalesce":
      return rest.map(worth).find((term) => term != null);
    case "case":
      for (let at = 0; at + 1 < rest.length; at += 2) if (value(at) === true) return value(at + 1);
      return value(rest.length - 1);
    case "match": {
      const input = value(0);
      for (let at = 1; at + 1 < rest.length; at += 2) {
        const labels = (Array.isArray(rest[at]) ? rest[at] : [rest[at]]) as Value[];
        if (labels.some((label) => same(label, input))) return value(at + 1);
      }
      return value(rest.length - 1);
    }
    case "step":
      return step(value(0), rest.slice(1), worth);
    case "interpolate":
      return interpolate(rest[0], value(1), rest.slice(2), worth);
    case "let": {
      let inner = names;
      for (let at = 0; at + 1 < rest.length; at += 2) inner = { name: String(rest[at]), value: value(at + 1), around: inner };
      return evaluate(rest[rest.length - 1], scope, inner);
    }
    case "var": {
      let named = names;
      while (named && named.name !== rest[0]) named = named.around;
      return named?.value;
    }
    case "image":
      return value(0);
    case "format":
      return call("concat", rest.filter((part) => Array.isArray(part) || typeof part !== "object").map(worth));
    default:
      return call(String(name), rest.map(worth));
  }
}

// The value of the last stop at or below the input.
function step(input: Value, [first, ...stops]: Expression[], worth: (term: Expression) => Value): Value {
  let found = first;
  if (typeof input === "number") for (let at = 0; at < stops.length && Number(stops[at]) <= input; at += 2) found = stops[at + 1];
  return worth(found);
}

// Between stops, level outside them.
function interpolate(kind: Expression, input: Value, stops: Expression[], worth: (term: Expression) => Value): Value {
  if (typeof input !== "number" || stops.length < 2) return null;
  let next = 0;
  while (next < stops.length && Number(stops[next]) <= input) next += 2;
  if (next === 0) return worth(stops[1]);
  const from = worth(stops[next - 1]);
  if (next >= stops.length) return from;
  const [name, base] = kind as [string, number?];
  const [low, high] = [Number(stops[next - 2]), Number(stops[next])];
  const share =
    name === "exponential" && base !== undefined && base !== 1
      ? (base ** (input - low) - 1) / (base ** (high - low) - 1)
      : (input - low) / (high - low);
  return mixed(from, worth(stops[next + 1]), share);
}

function mixed(from: Value, to: Value, share: number): Value {
  const between = (a: number, b: number) => a + (b - a) * share;
  if (typeof from === "number" && typeof to === "number") return finite(between(from, to));
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length) {
    return (from as Value[]).map((part, at) => mixed(part, (to as Value[])[at], share));
  }
  const [a, b] = [from, to].map((colour) => (typeof colour === "string" ? parseColour(colour) : undefined));
  return a && b ? formatColour([between(a[0], b[0]), between(a[1], b[1]), between(a[2], b[2]), between(a[3], b[3])]) : from;
}

// The numbers of an array such as a dash pattern or an offset.
export function numbers(expression: Expression | undefined): number[] | undefined {
  return Array.isArray(expression) ? expression.map(Number) : undefined;
}
