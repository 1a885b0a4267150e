// Draws the facts as text; data is never parsed as markup.

const FILE = ["M6.5 3.5h7l5 5v10a2 2 0 0 1-2 2h-10a2 2 0 0 1-2-2v-13a2 2 0 0 1 2-2Z", "M13.5 3.5v5h5M8.5 12.5h6.5M8.5 16h6.5M11.7 12.5v5"];

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".facts");
  const given = JSON.stringify(data);
  if (root.dataset.given === given) return;
  root.dataset.given = given;
  root.replaceChildren(...(data.title ? [head(data)] : []), ...(data.pairs.length ? [pairs(data)] : []));
  showOnceStyled(root, parentElement.querySelector("link[rel=stylesheet]"));
}

function head({ title, about, icon }) {
  const row = element("div", "head");
  if (icon === "file") {
    const sign = element("div", "sign");
    sign.append(drawing(FILE));
    row.append(sign);
  }
  const names = element("div", "names");
  names.append(element("p", "title", title));
  if (about) names.append(element("p", "about", about));
  row.append(names);
  return row;
}

function pairs({ pairs, stacked }) {
  const list = element("dl", stacked ? "stacked" : "pairs");
  for (const { name, value, code, note } of pairs) {
    const pair = element("div", "pair");
    pair.append(element("dt", "", name), element("dd", code ? "code" : "", value));
    if (note) pair.append(element("dd", "note", note));
    list.append(pair);
  }
  const clip = element("div", "clip");
  clip.append(list);
  return clip;
}

function drawing(paths) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  for (const d of paths) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

function element(tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
}

function showOnceStyled(root, stylesheet) {
  const show = () => root.removeAttribute("hidden");
  if (!stylesheet || stylesheet.sheet) show();
  else stylesheet.addEventListener("load", show, { once: true });
}
