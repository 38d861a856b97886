// The functions of expressions that need nothing but their arguments, worth what they are in the raster tiles.

import { formatColour, parseColour } from "./colour";

export type Value = string | number | boolean | null | undefined | readonly Value[];

// What does not fit is null, and so is what has no end or no number.
export function call(name: string, of: Value[]): Value {
  const found = FUNCTIONS[name];
  if (!found) throw new Error(`the style says '${name}', which this viewer does not know`);
  return found(of);
}

export const finite = (number: number): Value => (Number.isFinite(number) ? number : null);

export const same = (a: Value, b: Value) => (a ?? null) === (b ?? null);

// Numbers with numbers and texts with texts; nothing else has an order.
function ordered(a: Value, b: Value, keep: (a: number | string, b: number | string) => boolean): boolean {
  if (typeof a === "number" && typeof b === "number") return keep(a, b);
  return typeof a === "string" && typeof b === "string" && keep(a, b);
}

function within(needle: Value, heap: Value): boolean {
  if (Array.isArray(heap)) return (heap as Value[]).some((one) => same(one, needle));
  return typeof needle === "string" && typeof heap === "string" && heap.includes(needle);
}

const text = (value: Value): string => (Array.isArray(value) ? value.map(text).join(",") : String(value ?? ""));

const numbers = (of: Value[]) => (of.length > 0 && of.every((one) => typeof one === "number") ? (of as number[]) : undefined);

const folded = (step: (a: number, b: number) => number) => (of: Value[]) => {
  const all = numbers(of);
  return all ? finite(all.reduce(step)) : null;
};

const single = (result: (a: number) => number) => ([a]: Value[]) => (typeof a === "number" ? finite(result(a)) : null);

// What the first argument that fits becomes.
const first = (become: (value: Value) => Value) => (of: Value[]) => of.map(become).find((value) => value != null) ?? null;

const kept = (kind: string) => first((value) => (typeof value === kind ? value : null));

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

// Letters of a text, or parts of a list.
const parts = (value: Value): readonly Value[] | undefined =>
  isList(value) ? value : typeof value === "string" ? [...value] : undefined;

// A place among so many parts; what is negative counts from the end.
function place(value: Value, count: number, missing: number): number {
  if (typeof value !== "number") return missing;
  return Math.trunc(Math.min(count, Math.max(0, value < 0 ? count + value : value)));
}

function indexOf([needle, heap, from]: Value[]): Value {
  const all = parts(heap);
  if (!all) return null;
  const start = place(from, all.length, 0);
  if (isList(heap)) return heap.findIndex((one, at) => at >= start && same(one, needle));
  const rest = all.slice(start).join("");
  const found = rest.indexOf(text(needle));
  return found < 0 ? -1 : start + [...rest.slice(0, found)].length;
}

function slice([value, from, to]: Value[]): Value {
  const all = parts(value);
  if (!all) return null;
  const kept = all.slice(place(from, all.length, 0), place(to, all.length, all.length));
  return isList(value) ? kept : kept.join("");
}

function number(value: Value): Value {
  if (value == null) return 0;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value !== "string") return typeof value === "number" ? value : null;
  return value.trim() === "" ? null : finite(Number(value));
}

function rgba(of: Value[]): Value {
  const all = numbers(of);
  if (!all) return null;
  const [red = -1, green = -1, blue = -1, alpha = 1] = all;
  const fits = [red, green, blue].every((part) => part >= 0 && part <= 255) && alpha >= 0 && alpha <= 1;
  return fits ? formatColour([red, green, blue, alpha]) : null;
}

function colour(value: Value): Value {
  if (isList(value)) return value.length === 3 || value.length === 4 ? rgba([...value]) : null;
  return typeof value === "string" && parseColour(value) ? value : null;
}

function kind(value: Value): string {
  if (value == null) return "null";
  if (!isList(value)) return typeof value;
  const kinds = value.map((one) => (isList(one) ? "array" : kind(one)));
  const [one = "value"] = kinds;
  const same = ["boolean", "number", "string"].includes(one) && kinds.every((other) => other === one);
  return `array<${same ? one : "value"}, ${value.length}>`;
}

// Longer texts are none, as in the raster tiles: those that double with each step must not fill the memory.
const LONGEST_TEXT_BYTES = 10_000;

function concat(of: Value[]): Value {
  const whole = of.map(text).join("");
  return new TextEncoder().encode(whole).length > LONGEST_TEXT_BYTES ? null : whole;
}

const FUNCTIONS: Record<string, (of: Value[]) => Value> = {
  "==": ([a, b]) => same(a, b),
  "!=": ([a, b]) => !same(a, b),
  "<": ([a, b]) => ordered(a, b, (a, b) => a < b),
  "<=": ([a, b]) => ordered(a, b, (a, b) => a <= b),
  ">": ([a, b]) => ordered(a, b, (a, b) => a > b),
  ">=": ([a, b]) => ordered(a, b, (a, b) => a >= b),
  "!": ([a]) => a !== true,
  in: ([needle, heap]) => within(needle, heap),
  "index-of": indexOf,
  slice,
  at: ([at, list]) => (typeof at === "number" && isList(list) ? (list[at] ?? null) : null),
  length: ([value]) => parts(value)?.length ?? null,
  concat,
  upcase: ([value]) => (typeof value === "string" ? value.toUpperCase() : null),
  downcase: ([value]) => (typeof value === "string" ? value.toLowerCase() : null),
  "to-string": concat,
  "to-number": first(number),
  "to-boolean": ([value]) => Boolean(value),
  "to-color": first(colour),
  typeof: ([value]) => kind(value),
  string: kept("string"),
  number: kept("number"),
  boolean: kept("boolean"),
  rgb: rgba,
  rgba,
  "+": folded((a, b) => a + b),
  "*": folded((a, b) => a * b),
  "-": (of) => (of.length === 1 ? single((a) => -a)(of) : folded((a, b) => a - b)(of)),
  "/": folded((a, b) => a / b),
  "%": folded((a, b) => a % b),
  "^": folded((a, b) => a ** b),
  min: folded((a, b) => Math.min(a, b)),
  max: folded((a, b) => Math.max(a, b)),
  abs: single(Math.abs),
  ceil: single(Math.ceil),
  floor: single(Math.floor),
  // Halves go away from nothing.
  round: single((a) => Math.sign(a) * Math.round(Math.abs(a))),
  sqrt: single(Math.sqrt),
  ln: single(Math.log),
  log10: single(Math.log10),
  log2: single(Math.log2),
  sin: single(Math.sin),
  cos: single(Math.cos),
  tan: single(Math.tan),
  asin: single(Math.asin),
  acos: single(Math.acos),
  atan: single(Math.atan),
  e: () => Math.E,
  pi: () => Math.PI,
  ln2: () => Math.LN2,
};
