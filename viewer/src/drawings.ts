// Icons and hatches of the style, drawn on canvases from the server's description of them.

import { faded } from "./colour";

interface Path {
  d: string;
  fill?: string;
  stroke?: string;
  width?: number;
}

// Lines at an angle of 0, 45 or -45 degrees.
export interface Hatch {
  angle: number;
  spacing: number;
  width: number;
  color: string;
}

export interface Drawings {
  icons: Record<string, { size: number; paths: Path[] }>;
  patterns: Record<string, Hatch[]>;
}

// Canvases are drawn larger than shown, so that they stay sharp on dense screens.
export const DENSITY = 3;

export function canvas(width: number, height: number): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const element = document.createElement("canvas");
  element.width = Math.ceil(width);
  element.height = Math.ceil(height);
  const context = element.getContext("2d");
  if (!context) throw new Error("this browser cannot draw on a canvas");
  return [element, context];
}

export function drawIcon(drawings: Drawings, name: string): HTMLCanvasElement | undefined {
  const icon = drawings.icons[name];
  if (!icon) return undefined;
  const side = icon.size * DENSITY;
  const [element, context] = canvas(side, side);
  context.setTransform(DENSITY, 0, 0, DENSITY, side / 2, side / 2);
  context.lineCap = context.lineJoin = "round";
  for (const { d, fill, stroke, width } of icon.paths) {
    const path = new Path2D(d);
    if (fill) {
      context.fillStyle = fill;
      context.fill(path);
    }
    if (stroke) {
      context.strokeStyle = stroke;
      context.lineWidth = width ?? 1;
      context.stroke(path);
    }
  }
  return element;
}

// Half the side of a soft disc, pixels.
export const SOFT_PX = 96;

// A disc that fades from its middle to its edge, as map clients blur circles.
export function drawSoft(colour: string, opacity: number): HTMLCanvasElement {
  const [element, context] = canvas(2 * SOFT_PX, 2 * SOFT_PX);
  const gradient = context.createRadialGradient(SOFT_PX, SOFT_PX, 0, SOFT_PX, SOFT_PX, SOFT_PX);
  for (let step = 0; step <= 8; step++) {
    const share = step / 8;
    gradient.addColorStop(share, faded(colour, opacity * (1 - share * share * (3 - 2 * share))));
  }
  context.fillStyle = gradient;
  context.fillRect(0, 0, 2 * SOFT_PX, 2 * SOFT_PX);
  return element;
}

// Tiles of the map, whose side must be a whole number of hatch squares: each tile begins its hatches anew.
export const TILE_PX = 512;

// The side of the square that repeats, a divisor of a tile's: hatches run level or at 45 degrees.
export function period(hatches: readonly Hatch[]): number {
  const slanted = hatches.some((hatch) => hatch.angle % 90 !== 0);
  const wanted = Math.max(...hatches.map((hatch) => hatch.spacing)) * (slanted ? Math.SQRT2 : 1);
  return 2 ** Math.round(Math.log2(Math.min(TILE_PX, wanted)));
}

// The square, drawn so that it continues in itself.
export function drawHatch(drawings: Drawings, name: string, opacity: number, scale: number): HTMLCanvasElement | undefined {
  const hatches = drawings.patterns[name];
  if (!hatches) return undefined;
  const side = Math.max(1, Math.round(period(hatches) * scale));
  const [element, context] = canvas(side, side);
  context.globalAlpha = opacity;
  for (const hatch of hatches) {
    context.strokeStyle = hatch.color;
    context.lineWidth = hatch.width * scale;
    context.beginPath();
    for (const offset of [-side, 0, side]) {
      if (hatch.angle === 0) {
        context.moveTo(0, offset);
        context.lineTo(side, offset);
      } else if (hatch.angle > 0) {
        context.moveTo(offset - side, -side);
        context.lineTo(offset + 2 * side, 2 * side);
      } else {
        context.moveTo(offset - side, 2 * side);
        context.lineTo(offset + 2 * side, -side);
      }
    }
    context.stroke();
  }
  return element;
}
