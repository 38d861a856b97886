// Vector tiles of this server in MapLibre, drawn by this server's style document, with its letters and icons.

import { Map as MapLibre, setWorkerUrl } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import { boundsOf } from "./bounds";
import "./preview.css";

const target = document.querySelector<HTMLElement>("#map");
if (target) {
  setWorkerUrl(new URL(target.dataset["worker"] ?? "", location.href).href);
  const map = new MapLibre({
    container: target,
    style: new URL("../styles/default.json", location.href).href,
    bounds: boundsOf(target),
    fitBoundsOptions: { padding: 20 },
  });
  map.on("idle", () => target.setAttribute("data-drawn", "true"));
}
