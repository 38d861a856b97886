// Raster tiles of this server in Leaflet: the basemap and all layers of the default moment.

import L from "leaflet";
import "leaflet/dist/leaflet.css";
import { boundsOf } from "./bounds";
import "./preview.css";

interface TileJson {
  tiles: string[];
  attribution: string;
  maxzoom: number;
}

async function start(): Promise<void> {
  const target = document.querySelector<HTMLElement>("#map");
  if (!target) return;
  const about = (await (await fetch(target.dataset["tilejson"] ?? "")).json()) as TileJson;
  const map = L.map(target);
  map.attributionControl.setPrefix('<a href="https://leafletjs.com">Leaflet</a>');
  const [west, south, east, north] = boundsOf(target);
  map.fitBounds([
    [south, west],
    [north, east],
  ]);
  const template = (about.tiles[0] ?? "").replace("{y}.png", "{y}{r}.png");
  const tiles = L.tileLayer(template, { attribution: about.attribution, maxZoom: about.maxzoom });
  tiles.on("load", () => target.setAttribute("data-drawn", "true"));
  tiles.addTo(map);
}

void start();
