// What the page says, in each language. Data speak for themselves; only their codes are translated.

import en from "./words/en.json";
import fr from "./words/fr.json";

export type Word = keyof typeof en;
export type Language = "en" | "fr";
const catalogues: Record<Language, Record<Word, string>> = { en, fr };

// Day before month, as the field writes it.
const locales: Record<Language, string> = { en: "en-GB", fr: "fr" };

let current: Language = "fr";

export function setLanguage(language: Language): void {
  current = language;
  document.documentElement.lang = language;
}

export function language(): Language {
  return current;
}

// The language of the reader if we speak it; else French, which most readers of the first data set do.
export function preferred(): Language {
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2));
  return wanted.find((tag): tag is Language => tag === "en" || tag === "fr") ?? "fr";
}

export function say(word: Word, values: Record<string, string | number> = {}): string {
  return catalogues[current][word].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

// A code of the data in words; the code itself where we have none.
export function code(kind: string, value: unknown): string {
  const word = `${kind}.${String(value)}`;
  return word in catalogues[current] ? catalogues[current][word as Word] : String(value).replaceAll("_", " ");
}

// The title of a layer in the reader's language, if it is one of the layers with a fixed meaning; else as its file says.
export function titleOf(layer: { kind: string; name: string; title: string }): string {
  const word = `layer.${layer.name}`;
  return layer.kind === "domain" && word in catalogues[current] ? catalogues[current][word as Word] : layer.title;
}

// What a layer holds, likewise.
export function descriptionOf(layer: { kind: string; name: string; description: string }): string {
  const word = `about.${layer.name}`;
  return layer.kind === "domain" && word in catalogues[current] ? catalogues[current][word as Word] : layer.description;
}

// A text of the data in the reader's language, and the language it really is in: the data speak English where nothing else is said.
export function told(text: unknown, french: unknown): [string, Language] {
  return current === "fr" && typeof french === "string" ? [french, "fr"] : [String(text ?? ""), "en"];
}

// A UTC date in words, as in "22 October 2025".
export function day(at: Date | string): string {
  const date = typeof at === "string" ? new Date(at) : at;
  return new Intl.DateTimeFormat(locales[current], { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(date);
}
