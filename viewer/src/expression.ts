// The expressions of the style document, evaluated: the same subset of MapLibre's that the raster tiles are drawn with.

export type Value = string | number | boolean | null | undefined;
export type Expression = Value | readonly Expression[];

export interface Scope {
  zoom: number;
  properties: Record<string, Value>;
  geometry: "Point" | "LineString" | "Polygon";
}

export function evaluate(expression: Expression, scope: Scope): Value {
  if (!Array.isArray(expression)) return expression as Value;
  const [name, ...rest] = expression as Expression[];
  const value = (position: number) => evaluate(rest[position], scope);
  const number = (position: number) => Number(value(position));
  switch (name) {
    case "get":
      return scope.properties[String(rest[0])];
    case "has":
      return scope.properties[String(rest[0])] != null;
    case "zoom":
      return scope.zoom;
    case "geometry-type":
      return scope.geometry;
    case "==":
      return value(0) === value(1);
    case "!=":
      return value(0) !== value(1);
    case "<":
      return number(0) < number(1);
    case "<=":
      return number(0) <= number(1);
    case ">":
      return number(0) > number(1);
    case ">=":
      return number(0) >= number(1);
    case "+":
      return rest.reduce<number>((sum, term) => sum + Number(evaluate(term, scope)), 0);
    case "-":
      return number(0) - number(1);
    case "!":
      return !value(0);
    case "all":
      return rest.every((term) => evaluate(term, scope) === true);
    case "any":
      return rest.some((term) => evaluate(term, scope) === true);
    case "concat":
      return rest.map((term) => String(evaluate(term, scope) ?? "")).join("");
    case "coalesce":
      return rest.map((term) => evaluate(term, scope)).find((term) => term != null);
    case "case":
      for (let at = 0; at + 1 < rest.length; at += 2) if (value(at) === true) return value(at + 1);
      return value(rest.length - 1);
    case "match":
      for (let at = 1; at + 1 < rest.length; at += 2) {
        const label = rest[at];
        const labels = Array.isArray(label) ? label : [label];
        if (labels.includes(value(0))) return value(at + 1);
      }
      return value(rest.length - 1);
    case "interpolate":
      return interpolate(number(1), rest.slice(2), scope);
    default:
      throw new Error(`the style says '${String(name)}', which this viewer does not know`);
  }
}

// Straight between stops, level outside them.
function interpolate(input: number, stops: Expression[], scope: Scope): Value {
  let [low, from] = [Number(stops[0]), evaluate(stops[1], scope)];
  for (let at = 0; at < stops.length; at += 2) {
    const [high, to] = [Number(stops[at]), evaluate(stops[at + 1], scope)];
    if (input < high) {
      const share = high > low ? Math.max(0, (input - low) / (high - low)) : 0;
      return Number(from) + (Number(to) - Number(from)) * share;
    }
    [low, from] = [high, to];
  }
  return from;
}

// The numbers of an array such as a dash pattern or an offset.
export function numbers(expression: Expression | undefined): number[] | undefined {
  return Array.isArray(expression) ? expression.map(Number) : undefined;
}
