// What the page says, in each language. Data speak for themselves; only their codes are translated.

const en = {
  date: "Date",
  day_before: "Day before",
  day_after: "Day after",
  play: "Play",
  pause: "Pause",
  then: "As known on that day",
  then_hint: "Leaves out what became known later",
  layers: "Layers and legend",
  reports: "Reports in force",
  no_reports: "No report is active or recent on this day.",
  use: "Use this map elsewhere",
  downloads: "Downloads",
  share: "Copy link to this view",
  copied: "Copied",
  copy: "Copy",
  vector: "Vector tiles (MapLibre, OpenLayers, QGIS)",
  raster: "Raster tiles (Leaflet, QGIS XYZ)",
  tilejson: "TileJSON",
  style: "MapLibre style",
  features: "OGC API Features (QGIS, GDAL)",
  previews: "The same tiles in other clients",
  api: "API",
  licences: "Licences of this page",
  panel: "Map panel",
  close: "Close",
  next: "Next",
  previous: "Previous",
  of: "{n} of {all}",
  zoom_in: "Zoom in",
  zoom_out: "Zoom out",
  zoom_all: "Whole map",
  zoom_to: "Zoom to it",
  sources: "Sources",
  actor: "Actor",
  certainty: "Certainty",
  since: "Since",
  until: "Until",
  known_since: "Known since",
  last_confirmed: "Last confirmed",
  accuracy: "True position within",
  effect: "Effect",
  phase: "On this day",
  severity: "Severity",
  notes: "Notes",
  basis: "Shape",
  claimed: "claimed by the actor",
  length: "Published length",
  not_assessed: "Passability not assessed",
  error: "The server did not answer: {why}",
  retry: "Try again",
  ignored: "Left out of the link, because it could not be read: {what}",
  empty: "Nothing to show on this day.",
  histogram: "Reports that begin, day by day",
  map: "Map. Arrow keys move it, + and - zoom.",
  as_of: "State of {date}",
  language: "Français",
  "subtype.declared_blockade": "Declared blockade",
  "subtype.checkpoint": "Checkpoint",
  "subtype.roadblock": "Roadblock",
  "subtype.ambush": "Ambush",
  "subtype.vehicle_burning": "Vehicles burned",
  "subtype.abduction": "Abduction",
  "subtype.ied": "Explosive device",
  "subtype.armed_clash": "Fighting",
  "subtype.air_strike": "Air strike",
  "subtype.closure_official": "Closed by the authorities",
  "subtype.obstacle_physical": "Physical obstacle",
  "subtype.passage": "Passage of a convoy",
  "subtype.city": "City",
  "subtype.town": "Town",
  "subtype.border_post": "Border post",
  "subtype.port": "Port",
  "subtype.junction": "Junction",
  "subtype.Primary": "Main corridor",
  "subtype.Secondary": "Secondary corridor",
  "layer.areas": "Areas of reported influence",
  "layer.segments": "Road segments",
  "layer.corridors": "Supply corridors",
  "layer.places": "Places",
  "layer.blockades": "Blockade points",
  "effect.closes": "Closes the road",
  "effect.restricts": "Restricts the road",
  "effect.passage": "A convoy got through",
  "effect.advisory": "Advisory, tells nothing about a single leg",
  "phase.active": "in force",
  "phase.recent": "recent, effect fading",
  "phase.past": "over",
  "certainty.observed": "observed",
  "certainty.likely": "likely",
  "certainty.possible": "possible",
  "certainty.unlikely": "unlikely",
  "area.control": "Control",
  "area.support": "Support: moves freely",
  "area.contested": "Contested",
  "area.attack": "Attacks reported",
};

export type Word = keyof typeof en;

const fr: Record<Word, string> = {
  date: "Date",
  day_before: "Jour précédent",
  day_after: "Jour suivant",
  play: "Lecture",
  pause: "Pause",
  then: "Tel que connu ce jour-là",
  then_hint: "Sans ce qui n’a été connu que plus tard",
  layers: "Couches et légende",
  reports: "Signalements en vigueur",
  no_reports: "Aucun signalement actif ou récent ce jour-là.",
  use: "Utiliser cette carte ailleurs",
  downloads: "Téléchargements",
  share: "Copier le lien de cette vue",
  copied: "Copié",
  copy: "Copier",
  vector: "Tuiles vectorielles (MapLibre, OpenLayers, QGIS)",
  raster: "Tuiles images (Leaflet, QGIS XYZ)",
  tilejson: "TileJSON",
  style: "Style MapLibre",
  features: "OGC API Features (QGIS, GDAL)",
  previews: "Les mêmes tuiles dans d’autres clients",
  api: "API",
  licences: "Licences de cette page",
  panel: "Volet de la carte",
  close: "Fermer",
  next: "Suivant",
  previous: "Précédent",
  of: "{n} sur {all}",
  zoom_in: "Agrandir",
  zoom_out: "Réduire",
  zoom_all: "Toute la carte",
  zoom_to: "Y aller",
  sources: "Sources",
  actor: "Acteur",
  certainty: "Certitude",
  since: "Depuis",
  until: "Jusqu’au",
  known_since: "Connu depuis",
  last_confirmed: "Dernière confirmation",
  accuracy: "Position réelle à moins de",
  effect: "Effet",
  phase: "Ce jour-là",
  severity: "Gravité",
  notes: "Remarques",
  basis: "Contour",
  claimed: "revendiqué par l’acteur",
  length: "Longueur publiée",
  not_assessed: "Praticabilité non évaluée",
  error: "Le serveur n’a pas répondu : {why}",
  retry: "Réessayer",
  ignored: "Partie illisible du lien, laissée de côté : {what}",
  empty: "Rien à montrer ce jour-là.",
  histogram: "Signalements qui commencent, jour par jour",
  map: "Carte. Les flèches la déplacent, + et - changent l’échelle.",
  as_of: "État au {date}",
  language: "English",
  "subtype.declared_blockade": "Blocus annoncé",
  "subtype.checkpoint": "Poste de contrôle",
  "subtype.roadblock": "Barrage routier",
  "subtype.ambush": "Embuscade",
  "subtype.vehicle_burning": "Véhicules incendiés",
  "subtype.abduction": "Enlèvement",
  "subtype.ied": "Engin explosif",
  "subtype.armed_clash": "Affrontement",
  "subtype.air_strike": "Frappe aérienne",
  "subtype.closure_official": "Fermé par les autorités",
  "subtype.obstacle_physical": "Obstacle physique",
  "subtype.passage": "Passage d’un convoi",
  "subtype.city": "Ville",
  "subtype.town": "Localité",
  "subtype.border_post": "Poste frontière",
  "subtype.port": "Port",
  "subtype.junction": "Carrefour",
  "subtype.Primary": "Corridor principal",
  "subtype.Secondary": "Corridor secondaire",
  "layer.areas": "Zones d’influence signalée",
  "layer.segments": "Tronçons",
  "layer.corridors": "Corridors d’approvisionnement",
  "layer.places": "Lieux",
  "layer.blockades": "Points de blocage",
  "effect.closes": "Ferme la route",
  "effect.restricts": "Entrave la route",
  "effect.passage": "Un convoi est passé",
  "effect.advisory": "Avis, ne dit rien d’un tronçon précis",
  "phase.active": "en vigueur",
  "phase.recent": "récent, l’effet s’estompe",
  "phase.past": "terminé",
  "certainty.observed": "observé",
  "certainty.likely": "probable",
  "certainty.possible": "possible",
  "certainty.unlikely": "peu probable",
  "area.control": "Contrôle",
  "area.support": "Soutien : se déplace librement",
  "area.contested": "Disputée",
  "area.attack": "Attaques signalées",
};

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

// A UTC date in words, as in "22 October 2025".
export function day(at: Date | string): string {
  const date = typeof at === "string" ? new Date(at) : at;
  return new Intl.DateTimeFormat(locales[current], { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(date);
}
