// Strips: what is too high goes on beside itself, as text goes on in the next column.
//
// The arrows that pass a cut are led around the end of one strip up to the beginning of the
// next, side by side and without a crossing.

const STRIP_GAP = 44; // between strips that stand side by side
const WIRE = 9; // from one arrow around a cut to the next
const MOST_WIRES = 6; // that a cut may have

/** Cut the rows into strips of about `most` in height, if it can be where a single arrow passes. */
function cutStrips(edges, rows, most) {
  const passing = rows.map(() => 0);
  for (const { source, target } of edges) {
    for (let rank = source.rank; rank < target.rank; rank += 1) passing[rank] += 1;
  }
  const strips = [{ first: 0, wires: [] }];
  let height = 0; // of the strip so far
  let best = null; // where it may end: {rank, height}
  rows.forEach((row, rank) => {
    if (best !== null && height + row.height > most) {
      strips.push({ first: best.rank + 1, wires: wiresAt(best.rank, edges) });
      height -= best.height;
      best = null;
    }
    height += row.height + row.room;
    const inside = rank > 0 && rank < rows.length - 2;
    if (!inside || passing[rank] > MOST_WIRES) return;
    if (passing[rank] === 1 || best === null || best.passing > 1) {
      best = { rank, height, passing: passing[rank] };
    }
  });
  strips.forEach((strip, index) => {
    const end = strips[index + 1]?.first ?? rows.length;
    for (const row of rows.slice(strip.first, end)) row.strip = strip;
  });
  return strips;
}

/** The edges that pass below a row, the rightmost, which turns first, first. */
function wiresAt(rank, edges) {
  return edges
    .filter(({ source, target }) => source.rank <= rank && rank < target.rank)
    .sort((one, other) => xBefore(other, rank) - xBefore(one, rank));
}

/** Where an edge comes to the cut below a row, and where it goes on after it. */
function xBefore({ source, from, lane }, rank) {
  return source.rank === rank ? from : lane;
}

function xAfter({ target, lane, to }, rank) {
  return target.rank === rank + 1 ? to : lane;
}

/** How far each strip goes to both sides, boxes and lanes. */
function setExtents(vertices, edges, rows, strips) {
  for (const strip of strips) Object.assign(strip, { left: Infinity, right: -Infinity });
  const widen = (strip, left, right) => {
    strip.left = Math.min(strip.left, left);
    strip.right = Math.max(strip.right, right);
  };
  for (const { x, left, right, rank } of vertices) widen(rows[rank].strip, x - left, x + right);
  for (const { lane, source, target } of edges) {
    for (const { strip } of rows.slice(source.rank, target.rank)) widen(strip, lane, lane);
  }
}

/** Place the strips beside each other, and their rows; the right edge and height of it all. */
function placeStrips(strips, rows, header) {
  let right = null;
  let height = 0;
  strips.forEach((strip, index) => {
    const turns = Math.max(0, strip.wires.length - 1) * WIRE;
    const next = strips[index + 1];
    strip.shift = right === null ? 0 : right + STRIP_GAP + turns - strip.left;
    strip.channel = strip.left + strip.shift - STRIP_GAP / 2 - turns;
    strip.top = header + 10;
    right = strip.right + strip.shift;
    let y = index === 0 ? 0 : strip.top + turns + GAP / 2 + 3;
    for (const row of rows.slice(strip.first, next?.first)) {
      row.top = y;
      row.bottom = y + row.height;
      y = row.bottom + row.room;
      strip.bottom = row.bottom + GAP / 2;
    }
    height = Math.max(height, next ? strip.bottom + next.wires.length * WIRE : y);
  });
  return { right, height };
}

/** The corners of an edge: lines in the gaps between its lane and its ends, and around cuts. */
function pointsOf(edge, rows) {
  const { source, target } = edge;
  let { strip } = rows[source.rank];
  const points = [[edge.from + strip.shift, rows[source.rank].top + source.height]];
  for (let rank = source.rank; rank < target.rank; rank += 1) {
    const next = rows[rank + 1].strip;
    if (next !== strip) {
      points.push(...pointsAround(edge, rank, strip, next));
      strip = next;
      continue;
    }
    for (const line of edge.lines.filter((each) => each.rank === rank)) {
      const y = rows[rank].bottom + GAP / 2 - 3 + TRACK * line.track;
      points.push([line.start + strip.shift, y], [line.end + strip.shift, y]);
    }
  }
  points.push([edge.to + strip.shift, rows[target.rank].top]);
  return points;
}

function pointsAround(edge, rank, before, after) {
  const turn = WIRE * after.wires.indexOf(edge);
  const start = xBefore(edge, rank) + before.shift;
  const end = xAfter(edge, rank) + after.shift;
  const [below, above, channel] = [before.bottom + turn, after.top + turn, after.channel + turn];
  return [
    [start, below],
    [channel, below],
    [channel, above],
    [end, above],
  ];
}
