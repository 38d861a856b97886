// Vector tiles of this server in MapLibre, drawn by this server's style document.
//
// Icons and hatches are drawn here from the server's description of them. Texts need glyph files, which this server does not
// make yet, so labels are left out.

import { Map as MapLibre, setWorkerUrl, type StyleSpecification } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import { DENSITY, type Drawings, drawHatch, drawIcon } from "../drawings";
import { read } from "../world";
import { boundsOf } from "./bounds";
import "./preview.css";

async function start(): Promise<void> {
  const target = document.querySelector<HTMLElement>("#map");
  if (!target) return;
  setWorkerUrl(new URL(target.dataset["worker"] ?? "", location.href).href);
  const [style, drawings] = await Promise.all([
    read<StyleSpecification>("styles/default.json"),
    read<Drawings>("styles/icons.json"),
  ]);
  const map = new MapLibre({
    container: target,
    style: { ...style, layers: style.layers.map(withoutText) },
    bounds: boundsOf(target),
    fitBoundsOptions: { padding: 20 },
  });
  map.setMissingStyleImageResolver((id) => {
    const picture = drawIcon(drawings, id) ?? drawHatch(drawings, id, 1, DENSITY);
    const pixels = picture?.getContext("2d")?.getImageData(0, 0, picture.width, picture.height);
    if (pixels && !map.hasImage(id)) map.addImage(id, pixels, { pixelRatio: DENSITY });
  });
  map.on("idle", () => target.setAttribute("data-drawn", "true"));
}

function withoutText(rule: StyleSpecification["layers"][number]): StyleSpecification["layers"][number] {
  if (rule.type !== "symbol") return rule;
  const kept = Object.entries(rule.layout ?? {}).filter(([name]) => !name.startsWith("text-"));
  return { ...rule, layout: Object.fromEntries(kept) };
}

void start();
