// Draws three cards, each indented further than the failed one before it.

const PATHS = {
  sms: ["M5.5 4.5h13a2.5 2.5 0 0 1 2.5 2.5v8a2.5 2.5 0 0 1-2.5 2.5H12l-4.5 3.4v-3.4h-2A2.5 2.5 0 0 1 3 15V7a2.5 2.5 0 0 1 2.5-2.5Z", "M8.2 11h.01M12 11h.01M15.8 11h.01"],
  call: ["M6.6 3.5h2.6l1.7 4.2-2 1.6a12.2 12.2 0 0 0 5.8 5.8l1.6-2 4.2 1.7v2.6a2.1 2.1 0 0 1-2.3 2.1A16.7 16.7 0 0 1 4.5 5.8a2.1 2.1 0 0 1 2.1-2.3Z"],
  email: ["M5 5h14a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2Z", "m3.6 7 8.4 6 8.4-6"],
  failed: ["m7 7 10 10M17 7 7 17"],
  arrived: ["m5.5 12.5 4.2 4.2 8.8-9.4"],
};

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".picture");
  const given = JSON.stringify(data);
  if (root.dataset.given === given) return;
  root.dataset.given = given;
  const chain = element("div", "chain");
  ["sms", "call", "email"].forEach((kind, at) => {
    if (at) chain.append(link(data.fails));
    chain.append(card(kind, data.names[at], at === 2 ? "arrived" : "failed"));
  });
  root.replaceChildren(chain);
  showOnceStyled(root, parentElement.querySelector("link[rel=stylesheet]"));
}

function card(kind, name, fate) {
  const made = element("div", "card");
  made.dataset.kind = kind;
  const tile = element("div", "tile");
  tile.append(icon(kind));
  const words = element("div", "words");
  words.append(element("div", "name", name), element("div", "line"), element("div", "line"));
  const mark = element("div", `mark ${fate}`);
  mark.append(icon(fate));
  made.append(tile, words, mark);
  return made;
}

function link(words) {
  const made = element("div", "link");
  made.append(element("span", "", words));
  return made;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  for (const d of PATHS[name]) {
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
