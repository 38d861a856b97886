// The view in the address: #m=6.2/14.49/-4.19&t=2025-10-22T12Z&k=1&l=blockades,areas&s=blockades:ID&lang=fr
//
// m: zoom/latitude/longitude. t: valid time. k: as known then. l: layers shown. s: what is selected. Parts that cannot be read
// are ignored and named to the reader.

import type { State } from "./state";

export interface Parsed {
  state: State;
  ignored: string[];
}

export function parse(hash: string, defaults: State, layers: readonly string[]): Parsed {
  const ignored: string[] = [];
  const state = { ...defaults };
  for (const pair of hash.replace(/^#/, "").split("&").filter(Boolean)) {
    const [name = "", ...rest] = pair.split("=");
    if (!take(state, name, decode(rest.join("=")), layers, defaults)) ignored.push(name);
  }
  return { state, ignored };
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

function take(state: State, name: string, text: string, layers: readonly string[], defaults: State): boolean {
  switch (name) {
    case "m":
      return takePlace(state, text);
    case "t":
      return takeTime(state, text, defaults);
    case "k":
      state.then = text === "1" && defaults.at !== null;
      return text === "1" || text === "0";
    case "l": {
      const wanted = text.split(",").filter(Boolean);
      state.layers = new Set(wanted.filter((layer) => layers.includes(layer)));
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

// An hour alone, as in 2025-10-22T12Z, is short for its first minute.
function takeTime(state: State, text: string, defaults: State): boolean {
  const whole = /^\d{4}-\d\d-\d\dT\d\dZ$/.test(text) ? text.replace("Z", ":00Z") : text;
  const at = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z)?$/.test(whole) ? Date.parse(whole) : Number.NaN;
  if (Number.isNaN(at) || defaults.at === null) return false;
  state.at = at / 1000;
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
