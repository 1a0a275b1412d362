// Elements and texts. Text reaches the page as text nodes only, never as markup.

const SVG = "http://www.w3.org/2000/svg";

const byId = (id) => document.getElementById(id);

/** An element with attributes and children; null and false leave an attribute or child out. */
function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same for SVG. */
function shape(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== false));
  return made;
}

/** '61,706', or 'unknown' for null. */
function count(value) {
  return value === null ? "unknown" : value.toLocaleString("en-US");
}

function plural(value, one, many) {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A part of a total as '12.3 %'; '' where either is not known or there is nothing to share. */
function share(value, total) {
  if (value === null || !total) return "";
  const percent = (100 * value) / total;
  if (value > 0 && percent < 0.05) return "< 0.1 %";
  return `${percent.toFixed(1)} %`;
}

/** Any text as one line. */
function oneLine(text) {
  return text.split(/\s+/u).filter(Boolean).join(" ");
}

const FONT = getComputedStyle(document.documentElement).getPropertyValue("--font");
const pen = document.createElement("canvas").getContext("2d");
const widths = new Map();

/** The width of a text in px. */
function textWidth(text, size, weight = 400) {
  const key = `${weight} ${size} ${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    pen.font = `${weight} ${size}px ${FONT}`;
    width = pen.measureText(text).width;
    widths.set(key, width);
  }
  return width;
}

/** The text, or as much of its beginning as fits into `width` with '…' after it. */
function shorten(text, width, size, weight = 400) {
  if (textWidth(text, size, weight) <= width) return text;
  const letters = Array.from(text.slice(0, 400));
  let low = 0;
  let high = letters.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const kept = `${letters.slice(0, middle).join("").trimEnd()}…`;
    if (textWidth(kept, size, weight) <= width) low = middle;
    else high = middle - 1;
  }
  return `${letters.slice(0, low).join("").trimEnd()}…`;
}
