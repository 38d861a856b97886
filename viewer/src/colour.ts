// Colours as the style writes them: #rgb, #rrggbb, #rrggbbaa, rgb(), rgba(), white, black, transparent.

// Red, green and blue from 0 to 255, alpha from 0 to 1.
export type Colour = [number, number, number, number];

const NAMES: Record<string, Colour> = { white: [255, 255, 255, 1], black: [0, 0, 0, 1], transparent: [0, 0, 0, 0] };

export function parseColour(text: string): Colour | undefined {
  if (NAMES[text]) return NAMES[text];
  if (/^#([0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})$/i.test(text)) {
    const digits = text.length === 4 ? [...text.slice(1)].map((digit) => digit + digit).join("") : text.slice(1);
    const part = (at: number) => Number.parseInt(digits.slice(at, at + 2), 16);
    return [part(0), part(2), part(4), digits.length === 8 ? part(6) / 255 : 1];
  }
  const parts = /^rgba?\(([^)]*)\)$/.exec(text)?.[1]?.split(",").map(Number) ?? [];
  const [red, green, blue, alpha = 1] = parts;
  if (red === undefined || green === undefined || blue === undefined || parts.some(Number.isNaN)) return undefined;
  return [red, green, blue, Math.min(1, Math.max(0, alpha))];
}

export const formatColour = ([red, green, blue, alpha]: Colour) => `rgba(${red},${green},${blue},${alpha})`;

// A colour made fainter; black where the text is none.
export function faded(text: string, opacity: number): string {
  const [red, green, blue, alpha] = parseColour(text) ?? [0, 0, 0, 1];
  return formatColour([red, green, blue, Math.round(1000 * alpha * Math.min(1, Math.max(0, opacity))) / 1000]);
}
