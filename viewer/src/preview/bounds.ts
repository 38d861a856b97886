// West, south, east and north of the data, as the page says them; the inhabited world if nothing is located.

export function boundsOf(target: HTMLElement): [number, number, number, number] {
  const [west, south, east, north] = (target.dataset["bounds"] ?? "").split(",").filter(Boolean).map(Number);
  if (west === undefined || south === undefined || east === undefined || north === undefined) return [-180, -60, 180, 75];
  return [west, south, east, north];
}
