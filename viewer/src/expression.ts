// The expressions of the style document, evaluated: the part of MapLibre's that the raster tiles are drawn with, and
// geometry-type. tests/style/expressions.json holds both to the same values.

import { formatColour, parseColour } from "./colour";

export type Value = string | number | boolean | null | undefined | readonly Value[];
export type Expression = Value | readonly Expression[];

export interface Scope {
  zoom: number;
  properties: Record<string, Value>;
  geometry: "Point" | "LineString" | "Polygon";
}

// What does not fit is null; drawing then takes the default.
export function evaluate(expression: Expression, scope: Scope): Value {
  if (!Array.isArray(expression)) return expression as Value;
  const [name, ...rest] = expression as Expression[];
  const value = (position: number) => evaluate(rest[position], scope);
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
    case "==":
      return same(value(0), value(1));
    case "!=":
      return !same(value(0), value(1));
    case "<":
      return ordered(value(0), value(1), (a, b) => a < b);
    case "<=":
      return ordered(value(0), value(1), (a, b) => a <= b);
    case ">":
      return ordered(value(0), value(1), (a, b) => a > b);
    case ">=":
      return ordered(value(0), value(1), (a, b) => a >= b);
    case "+":
    case "-":
    case "*":
    case "/":
      return arithmetic(name, rest.map((term) => evaluate(term, scope)));
    case "!":
      return value(0) !== true;
    case "all":
      return rest.every((term) => evaluate(term, scope) === true);
    case "any":
      return rest.some((term) => evaluate(term, scope) === true);
    case "in":
      return within(value(0), value(1));
    case "concat":
      return rest.map((term) => text(evaluate(term, scope))).join("");
    case "to-string":
      return text(value(0));
    case "to-number":
      return number(value(0));
    case "coalesce":
      return rest.map((term) => evaluate(term, scope)).find((term) => term != null);
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
      return step(value(0), rest.slice(1), scope);
    case "interpolate":
      return interpolate(rest[0], value(1), rest.slice(2), scope);
    default:
      throw new Error(`the style says '${String(name)}', which this viewer does not know`);
  }
}

const same = (a: Value, b: Value) => (a ?? null) === (b ?? null);

// Numbers with numbers and texts with texts; nothing else has an order.
function ordered(a: Value, b: Value, keep: (a: number | string, b: number | string) => boolean): boolean {
  if (typeof a === "number" && typeof b === "number") return keep(a, b);
  return typeof a === "string" && typeof b === "string" && keep(a, b);
}

function arithmetic(sign: string, terms: Value[]): Value {
  if (terms.length === 0 || !terms.every((term) => typeof term === "number")) return null;
  const [first = 0, ...rest] = terms as number[];
  if (sign === "-" && rest.length === 0) return -first;
  const result = rest.reduce((sum, next) => {
    if (sign === "+") return sum + next;
    if (sign === "-") return sum - next;
    return sign === "*" ? sum * next : sum / next;
  }, first);
  return Number.isFinite(result) ? result : null;
}

function within(needle: Value, heap: Value): boolean {
  if (Array.isArray(heap)) return (heap as Value[]).some((one) => same(one, needle));
  return typeof needle === "string" && typeof heap === "string" && heap.includes(needle);
}

const text = (value: Value): string => (Array.isArray(value) ? value.map(text).join(",") : String(value ?? ""));

function number(value: Value): Value {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value !== "string") return value;
  return value.trim() === "" || Number.isNaN(Number(value)) ? null : Number(value);
}

// The value of the last stop at or below the input.
function step(input: Value, [first, ...stops]: Expression[], scope: Scope): Value {
  let found = first;
  if (typeof input === "number") for (let at = 0; at < stops.length && Number(stops[at]) <= input; at += 2) found = stops[at + 1];
  return evaluate(found, scope);
}

// Between stops, level outside them.
function interpolate(kind: Expression, input: Value, stops: Expression[], scope: Scope): Value {
  if (typeof input !== "number" || stops.length < 2) return null;
  let next = 0;
  while (next < stops.length && Number(stops[next]) <= input) next += 2;
  if (next === 0) return evaluate(stops[1], scope);
  const from = evaluate(stops[next - 1], scope);
  if (next >= stops.length) return from;
  const [name, base] = kind as [string, number?];
  const [low, high] = [Number(stops[next - 2]), Number(stops[next])];
  const share =
    name === "exponential" && base !== undefined && base !== 1
      ? (base ** (input - low) - 1) / (base ** (high - low) - 1)
      : (input - low) / (high - low);
  return mixed(from, evaluate(stops[next + 1], scope), share);
}

function mixed(from: Value, to: Value, share: number): Value {
  const between = (a: number, b: number) => a + (b - a) * share;
  if (typeof from === "number" && typeof to === "number") return between(from, to);
  const [a, b] = [from, to].map((colour) => (typeof colour === "string" ? parseColour(colour) : undefined));
  return a && b ? formatColour([between(a[0], b[0]), between(a[1], b[1]), between(a[2], b[2]), between(a[3], b[3])]) : from;
}

// The numbers of an array such as a dash pattern or an offset.
export function numbers(expression: Expression | undefined): number[] | undefined {
  return Array.isArray(expression) ? expression.map(Number) : undefined;
}
