// What the reader looks at: everything that a link to this view must carry, and nothing else.

import type { Language } from "./words";

export interface Selected {
  layer: string;
  id: string;
}

export interface State {
  // Longitude and latitude in degrees.
  center: readonly [number, number];
  zoom: number;
  // Valid time in seconds since 1970; null where the data have no times.
  at: number | null;
  // Whether only what was known at that time is shown.
  then: boolean;
  layers: ReadonlySet<string>;
  selected: Selected | null;
  language: Language;
}

type Listener = (state: State, before: State) => void;

export class Store {
  private readonly listeners: Listener[] = [];

  constructor(private state: State) {}

  get(): State {
    return this.state;
  }

  set(change: Partial<State>): void {
    const before = this.state;
    this.state = { ...before, ...change };
    for (const listener of this.listeners) listener(this.state, before);
  }

  onChange(listener: Listener): void {
    this.listeners.push(listener);
  }
}

// An instant as the server reads it.
export const instant = (seconds: number) => new Date(seconds * 1000).toISOString().replace(".000", "");

// The time parameters of a request for this view.
export function timeQuery({ at, then }: State): string {
  if (at === null) return "";
  const known = then ? `&known_at=${instant(at)}` : "";
  return `?datetime=${instant(at)}${known}`;
}
