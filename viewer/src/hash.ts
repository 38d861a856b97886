// The view in the address: #m=6.2/14.49/-4.19&t=2025-10-22T12Z&k=1&l=blockades,areas&s=blockades:ID&lang=fr
//
// m: zoom/latitude/longitude. t: valid time. k: as known then. l: layers shown. s: what is selected. Parts that cannot be read
// are ignored and named to the reader.

import type { State } from "./state";

export interface Parsed {
  state: State;
  ignored: string[];
  // Whether the address says where to look.
  placed: boolean;
  // The day that was asked for, where the data do not reach it.
  beyond: number | null;
}

// What an address can name: layers, and the stretch of time that the data speak about, in seconds.
export interface Known {
  layers: readonly string[];
  range: readonly [number, number] | null;
}

export function parse(hash: string, defaults: State, known: Known): Parsed {
  const parsed: Parsed = { state: { ...defaults }, ignored: [], placed: false, beyond: null };
  for (const pair of hash.replace(/^#/, "").split("&").filter(Boolean)) {
    const [name = "", ...rest] = pair.split("=");
    if (!take(parsed, name, decode(rest.join("=")), known, defaults)) parsed.ignored.push(name);
  }
  return parsed;
}

export function format(state: State, defaults: State): string {
  const [longitude, latitude] = state.center;
  const parts = [`m=${trim(state.zoom, 2)}/${trim(latitude, 4)}/${trim(longitude, 4)}`];
  if (state.at !== null) parts.push(`t=${new Date(state.at * 1000).toISOString().replace(/:00\.000Z|\.000Z/, "Z").replace(/:00Z$/, "Z")}`);
  if (state.then) parts.push("k=1");
  const shown = [...state.layers].sort().join(",");
  if (shown !== [...defaults.layers].sort().join(",")) parts.push(`l=${shown}`);
  if (state.selected) parts.push(`s=${state.selected.layer}:${encodeURIComponent(state.selected.id)}`);
  if (state.language !== defaults.language) parts.push(`lang=${state.language}`);
  return `#${parts.join("&")}`;
}

function take(parsed: Parsed, name: string, text: string, known: Known, defaults: State): boolean {
  const { state } = parsed;
  const { layers } = known;
  switch (name) {
    case "m":
      parsed.placed = takePlace(state, text);
      return parsed.placed;
    case "t":
      return takeTime(parsed, text, known);
    case "k":
      state.then = text === "1" && defaults.at !== null;
      return text === "1" || text === "0";
    case "l": {
      const wanted = text.split(",").filter(Boolean);
      const there = wanted.filter((layer) => layers.includes(layer));
      if (wanted.length === 0 || there.length > 0) state.layers = new Set(there);
      return wanted.every((layer) => layers.includes(layer));
    }
    case "s": {
      const colon = text.indexOf(":");
      const layer = text.slice(0, colon);
      if (colon < 1 || !layers.includes(layer)) return false;
      state.selected = { layer, id: text.slice(colon + 1) };
      return true;
    }
    case "lang":
      if (text !== "en" && text !== "fr") return false;
      state.language = text;
      return true;
    default:
      return false;
  }
}

function takePlace(state: State, text: string): boolean {
  const [zoom, latitude, longitude, ...more] = text.split("/").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  const within = (value: number | undefined, low: number, high: number): value is number =>
    value !== undefined && value >= low && value <= high;
  if (!within(zoom, 0, 22) || !within(latitude, -90, 90) || !within(longitude, -180, 180) || more.length > 0) return false;
  state.zoom = zoom;
  state.center = [longitude, latitude];
  return true;
}

// An hour alone, as in 2025-10-22T12Z, is short for its first minute. A day outside the data becomes the nearest one.
function takeTime(parsed: Parsed, text: string, { range }: Known): boolean {
  const whole = /^\d{4}-\d\d-\d\dT\d\dZ$/.test(text) ? text.replace("Z", ":00Z") : text;
  const asked = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z)?$/.test(whole) ? Date.parse(whole) / 1000 : Number.NaN;
  if (Number.isNaN(asked) || range === null) return false;
  const [first, beyond] = range;
  parsed.state.at = Math.min(Math.max(asked, first), beyond - 1);
  if (parsed.state.at !== asked) parsed.beyond = asked;
  return true;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const trim = (value: number, digits: number) => String(Number(value.toFixed(digits)));
