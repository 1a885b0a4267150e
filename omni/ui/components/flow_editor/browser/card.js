// A step in the list: its card, and the link above it.
import { el, fill, setAttributes, setText } from "./dom.js";
import { icon } from "./icons.js";

const ACTIONS = [["up", "move_up"], ["down", "move_down"], ["duplicate", "duplicate"], ["remove", "remove"]];
const PLACEHOLDER = /(\{\{[^{}]*\}\})/;

export function createLink() {
  const insert = el("button", "insert", { type: "button", "data-insert": "" }, el("span", "disc", {}, icon("plus")));
  const when = el("span", "when");
  return { node: el("div", "link", {}, insert, when), insert, when };
}

export function createStep(step) {
  const part = Object.fromEntries(
    ["number", "title", "destination", "reach", "summary", "error"].map((name) => [name, el("span", name)]),
  );
  const line = (name) => el("span", `fact ${name}-fact`, {}, icon(name), part[name]);
  const facts = { destination: line("destination"), reach: line("reach"), error: line("error") };
  const head = el("span", "head", {}, part.number, part.title);
  const meta = el("span", "meta", {}, facts.destination, facts.reach);
  const body = el("span", "body", {}, head, meta, part.summary, facts.error);
  const main = el("button", "main", { type: "button" }, el("span", "tile", {}, icon(step.kind)), body);
  const grip = el("span", "grip", { "aria-hidden": "true" }, icon("grip"));
  const buttons = ACTIONS.map(([act]) => el("button", "action", { type: "button", "data-act": act }, icon(act)));
  const actions = el("div", "actions", {}, ...buttons);
  const card = el("div", "card", { "data-id": step.id, "data-kind": step.kind }, grip, main, actions);
  const link = createLink();
  return { node: el("li", "step", {}, link.node, card), card, main, grip, buttons, link, part, facts, meta };
}

export function updateStep(view, step, index, { labels, steps, limit, selected, roving, readonly }) {
  const position = index + 1;
  const isRoving = step.id === roving;
  const known = { position, title: step.title };
  view.card.classList.toggle("selected", step.id === selected);
  view.card.classList.toggle("faulty", Boolean(step.error));
  view.card.classList.toggle("roving", isRoving);
  setText(view.part.number, String(position));
  for (const name of ["title", "destination", "reach", "error"]) setText(view.part[name], step[name] ?? "");
  for (const name of ["destination", "reach", "error"]) view.facts[name].hidden = !step[name];
  view.meta.hidden = !step.destination && !step.reach;
  showSummary(view.part.summary, step.summary, labels.unwritten);
  const facts = [step.destination, step.reach, step.summary || labels.unwritten, step.error].filter(Boolean);
  setAttributes(view.main, {
    "aria-label": `${position}. ${step.title}. ${facts.join(". ")}`,
    "aria-current": step.id === selected ? "step" : null,
    "aria-describedby": readonly ? null : "keys",
    tabindex: isRoving ? 0 : -1,
  });
  const impossible = { up: index === 0, down: index === steps.length - 1, duplicate: steps.length >= limit };
  view.buttons.forEach((button, nth) => {
    const [act, label] = ACTIONS[nth];
    button.disabled = Boolean(impossible[act]);
    const name = fill(labels.of_step, { action: labels[label], ...known });
    setAttributes(button, { "aria-label": name, title: labels[label], tabindex: isRoving ? 0 : -1 });
  });
  setAttributes(view.grip, { title: labels.drag });
  setText(view.link.when, index === 0 ? "" : labels.fails);
  const insertLabel = fill(labels.insert, { position });
  view.link.insert.disabled = steps.length >= limit;
  setAttributes(view.link.insert, { "aria-label": insertLabel, title: insertLabel, tabindex: isRoving ? 0 : -1 });
}

// {{columns}} are highlighted, to show the parts that are filled in for each contact.
function showSummary(node, summary, unwritten) {
  node.classList.toggle("unwritten", !summary);
  const text = summary || unwritten;
  if (node.textContent === text) return;
  const pieces = text.split(PLACEHOLDER).filter(Boolean);
  node.replaceChildren(...pieces.map((piece) => (PLACEHOLDER.test(piece) ? el("span", "column", {}, piece) : piece)));
}
