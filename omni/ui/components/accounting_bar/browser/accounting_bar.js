// Draws the bar and its tiles when the data changes. A press is shown at once and sent to the page.

const states = new WeakMap();

export default function ({ parentElement, data, setStateValue }) {
  const root = parentElement.querySelector(".accounting");
  const state = states.get(root) ?? {};
  states.set(root, state);
  state.press = (name) => {
    mark(root, name);
    setStateValue("part", name);
  };
  const given = JSON.stringify(data);
  if (state.given !== given) {
    state.given = given;
    const focused = root.getRootNode().activeElement?.dataset?.name;
    const parts = data.tiles.filter(({ tone }) => tone !== "reached");
    const steps = data.tiles.filter(({ tone }) => tone === "reached");
    root.replaceChildren(bar(parts, data.about), tiles(parts, state), ...(steps.length ? [tiles(steps, state)] : []));
    mark(root, data.selected);
    if (focused) root.querySelector(`.tile[data-name="${CSS.escape(focused)}"]`)?.focus();
  }
  showOnceStyled(root, parentElement.querySelector("link[rel=stylesheet]"));
}

function bar(tiles, about) {
  const row = element("div", "bar");
  row.setAttribute("role", "img");
  row.setAttribute("aria-label", about);
  for (const part of tiles) {
    if (part.tone === "whole" || part.within || !part.count) continue;
    const piece = named("div", "piece", part);
    piece.style.setProperty("--share", part.count);
    piece.title = `${part.label}: ${part.number}`;
    for (const inner of tiles.filter((other) => other.within === part.name && other.count)) {
      const share = named("div", "inner", inner);
      share.style.setProperty("--share", `${(100 * inner.count) / part.count}%`);
      share.title = `${inner.label}: ${inner.number}`;
      piece.append(share);
    }
    row.append(piece);
  }
  return row;
}

function tiles(parts, state) {
  const grid = element("div", "tiles");
  for (const part of parts) {
    const tile = named("button", "tile", part);
    tile.type = "button";
    tile.disabled = !part.opens;
    if (part.opens) tile.addEventListener("click", () => state.press(part.name));
    tile.append(element("span", "label", part.label), element("span", "number", part.number));
    grid.append(tile);
  }
  return grid;
}

function mark(root, name) {
  for (const tile of root.querySelectorAll(".tile:not(:disabled)")) {
    tile.setAttribute("aria-pressed", String(tile.dataset.name === name));
  }
  let narrowed = false;
  for (const piece of root.querySelectorAll(".piece, .inner")) {
    const isMeant = piece.dataset.name === name;
    piece.classList.toggle("selected", isMeant);
    narrowed ||= isMeant;
  }
  root.querySelector(".bar").classList.toggle("narrowed", narrowed);
}

function named(tag, name, part) {
  const made = element(tag, name);
  made.dataset.name = part.name;
  made.dataset.tone = part.tone;
  return made;
}

function element(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
}

function showOnceStyled(root, stylesheet) {
  const show = () => root.removeAttribute("hidden");
  if (!stylesheet || stylesheet.sheet) show();
  else stylesheet.addEventListener("load", show, { once: true });
}
