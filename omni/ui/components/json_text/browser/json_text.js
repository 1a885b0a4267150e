// Colours JSON. The text is added piece by piece as text nodes, so it is never parsed as markup.

const PIECE = /("(?:\\.|[^"\\])*"?)(?=(\s*:)?)|\b(true|false|null)\b|-?\d[\d.eE+-]*/g;

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".json");
  const given = JSON.stringify(data);
  if (root.dataset.given === given) return;
  root.dataset.given = given;
  const area = document.createElement("pre");
  area.tabIndex = 0; // so that the keyboard can scroll it
  area.setAttribute("role", "region");
  area.setAttribute("aria-label", data.label);
  if (data.height) area.style.maxHeight = `${data.height}px`;
  area.append(coloured(data.text));
  root.replaceChildren(area);
  showOnceStyled(root, parentElement.querySelector("link[rel=stylesheet]"));
}

function coloured(text) {
  const pieces = document.createDocumentFragment();
  let done = 0;
  for (const match of text.matchAll(PIECE)) {
    const [piece, string, colon, word] = match;
    pieces.append(text.slice(done, match.index));
    const kind = string ? (colon ? "key" : "string") : word ? "word" : "number";
    pieces.append(Object.assign(document.createElement("span"), { className: kind, textContent: piece }));
    done = match.index + piece.length;
  }
  pieces.append(text.slice(done));
  return pieces;
}

function showOnceStyled(root, stylesheet) {
  const show = () => root.removeAttribute("hidden");
  if (!stylesheet || stylesheet.sheet) show();
  else stylesheet.addEventListener("load", show, { once: true });
}
