// What the server says of its world: /viewer.json, the style document and the drawings.

import { root } from "./address";
import type { Drawings } from "./drawings";
import type { Expression } from "./expression";

export interface LayerInfo {
  name: string;
  title: string;
  description: string;
  kind: "domain" | "reference";
  geometry: "point" | "line" | "polygon" | "mixed" | "none";
  attribution: string;
  count: number;
  min_zoom: number;
  max_zoom: number;
  // Whether its features are reports that age.
  reports: boolean;
}

export interface World {
  title: string;
  description: string;
  // {at} and {known_at} stand for the asked times.
  disclaimer: string | null;
  title_fr: string | null;
  description_fr: string | null;
  disclaimer_fr: string | null;
  default_datetime: string | null;
  range: { from: string; to: string } | null;
  bounds: [number, number, number, number] | null;
  // What the first look is at.
  focus: [number, number, number, number] | null;
  basemap: { attribution: string } | null;
  layers: LayerInfo[];
  // Where the licences of the software in this page stand, as seen from the root of the server.
  licences: string;
  // Reports that begin in each step of the range.
  histogram: { step_s: number; counts: number[] } | null;
}

export interface LegendItem {
  // Another property, where it is not that of the other items.
  by?: string;
  value: string;
  en: string;
  fr: string;
}

export interface Rule {
  id: string;
  type: "background" | "fill" | "line" | "symbol" | "circle";
  "source-layer"?: string;
  minzoom?: number;
  maxzoom?: number;
  filter?: Expression;
  paint?: Record<string, Expression>;
  layout?: Record<string, Expression>;
  metadata?: { "roadblock:legend"?: { by: string; items: LegendItem[] } };
}

export interface StyleDocument {
  layers: Rule[];
}

// Reads a document; `address` is seen from the root of the server.
export async function read<T>(address: string): Promise<T> {
  return said(address, await ask(address));
}

// Reads a document that may not be there.
export async function find<T>(address: string): Promise<T | undefined> {
  const answer = await ask(address);
  return answer.status === 404 ? undefined : said(address, answer);
}

const ask = (address: string) => fetch(root + address, { headers: { Accept: "application/geo+json, application/json" } });

async function said<T>(address: string, answer: Response): Promise<T> {
  if (!answer.ok) throw new Error(`${address}: ${answer.status} ${answer.headers.get("x-request-id") ?? ""}`);
  return (await answer.json()) as T;
}

export async function readAll(): Promise<[World, StyleDocument, Drawings]> {
  return Promise.all([read<World>("viewer.json"), read<StyleDocument>("styles/default.json"), read<Drawings>("styles/icons.json")]);
}
