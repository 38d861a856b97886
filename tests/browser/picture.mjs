// What a picture of a map says, whoever drew it: shares of colours and of what shines, marks on a plain ground, texts that each have an ink of their own.
//
// A picture is ImageData: width, height, and four bytes a pixel.

const apart = (data, at, colour) => Math.max(...colour.map((part, axis) => Math.abs(part - data[at + axis])));

// Share of the picture in the colours of each class. A pixel is of the class of the nearest colour, or of none if all are further away
// than edges that are smoothed differently explain.
export function shares({ width, height, data }, classes, tolerance) {
  const colours = Object.entries(classes).flatMap(([name, list]) => list.map((colour) => [name, colour]));
  const known = new Map();
  const nearest = (at) => {
    const [best, distance] = colours.reduce(
      ([best, least], [name, colour]) => {
        const distance = apart(data, at, colour);
        return distance < least ? [name, distance] : [best, least];
      },
      ["", Infinity],
    );
    return distance <= tolerance ? best : "between";
  };
  const counts = Object.fromEntries([...Object.keys(classes), "between"].map((name) => [name, 0]));
  for (let at = 0; at < data.length; at += 4) {
    const key = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
    if (!known.has(key)) known.set(key, nearest(at));
    counts[known.get(key)] += 1;
  }
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count / (width * height)]));
}

// How much of the picture shines in each of the three channels on a dark ground: an edge counts by how much of its pixels is covered.
export function lights({ width, height, data }) {
  const sums = [0, 0, 0];
  for (let at = 0; at < data.length; at += 4) sums.forEach((_, axis) => (sums[axis] += data[at + axis]));
  return sums.map((sum) => sum / 255 / (width * height));
}

// What stands on a plain ground, each connected piece by its box; pieces that the picture's edge cuts, and specks, are left out.
export function blobs({ width, height, data }, ground, speck) {
  const seen = new Uint8Array(width * height);
  const isInk = (pixel) => apart(data, 4 * pixel, ground) > 64;
  const found = [];
  for (let start = 0; start < seen.length; start += 1) {
    if (seen[start] || !isInk(start)) continue;
    const box = { left: width, top: height, right: 0, bottom: 0, pixels: 0 };
    const waiting = [start];
    seen[start] = 1;
    while (waiting.length > 0) {
      const pixel = waiting.pop();
      const [x, y] = [pixel % width, Math.floor(pixel / width)];
      box.left = Math.min(box.left, x);
      box.top = Math.min(box.top, y);
      box.right = Math.max(box.right, x + 1);
      box.bottom = Math.max(box.bottom, y + 1);
      box.pixels += 1;
      for (const [across, down] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        const next = (y + down) * width + x + across;
        if (x + across < 0 || x + across >= width || y + down < 0 || y + down >= height || seen[next] || !isInk(next)) continue;
        seen[next] = 1;
        waiting.push(next);
      }
    }
    const isCut = box.left === 0 || box.top === 0 || box.right === width || box.bottom === height;
    if (!isCut && box.pixels > speck) found.push(box);
  }
  return found;
}

// An ink for each number: red and green say which, blue is none, so that on white paper a smoothed edge gives itself away.
const STEP = 12;
const COLUMNS = Math.floor(255 / STEP);
export const MOST_INKS = COLUMNS * COLUMNS;
export const ink = (number) => [(number % COLUMNS) * STEP, Math.floor(number / COLUMNS) * STEP, 0];

// The numbers of the inks with which something is written on white, with how many pixels.
export function inks({ data }) {
  const counts = new Map();
  for (let at = 0; at < data.length; at += 4) {
    const cover = 1 - data[at + 2] / 255;
    // Thin strokes are smoothed everywhere; half covered still tells which ink it is.
    if (cover < 0.5) continue;
    const part = (axis) => Math.round((255 - (255 - data[at + axis]) / cover) / STEP);
    const number = part(0) + COLUMNS * part(1);
    counts.set(number, (counts.get(number) ?? 0) + 1);
  }
  return counts;
}
