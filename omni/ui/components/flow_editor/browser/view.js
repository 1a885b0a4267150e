// The editor's elements: start, list of steps, buttons to add steps, end, and the dock beneath.
import { createLink, createStep, updateStep } from "./card.js";
import { el, fill, setAttributes, setText } from "./dom.js";
import { icon } from "./icons.js";

export const KINDS = ["MT", "VOICE", "EMAIL"];

export function createView(root) {
  const start = el("span");
  const end = el("span");
  const list = el("ol", "list", { role: "list" }); // Safari needs the role for a list without markers
  const placeholder = el("div", "placeholder", { hidden: "" });
  const invitation = el("span", "invitation", { id: "invitation" });
  const additions = kindButtons("add");
  const add = el("div", "add", { role: "group", "aria-labelledby": "invitation" }, invitation, additions.node);
  const choices = kindButtons("choice");
  choices.node.setAttribute("role", "group");
  const last = createLink();
  last.insert.remove();
  const out = createLink();
  out.insert.remove();
  const tail = el("div", "tail", {}, last.node, add, out.node, el("div", "terminal", {}, icon("end"), end));
  const track = el("div", "track", {}, list, placeholder);
  const column = el("div", "column-of-steps", {}, el("div", "terminal", {}, icon("contact"), start), track, tail);
  const keys = el("span", "keys", { id: "keys" });
  const dock = el("div", "dock", {}, keys);
  const live = el("div", "spoken", { "aria-live": "polite" });
  root.replaceChildren(el("div", "canvas", {}, column), dock, live);
  const parts = { start, end, list, placeholder, invitation, additions, add, choices, last, out, tail, track, keys, dock, live };
  return { root, steps: new Map(), ...parts };
}

function kindButtons(className) {
  const words = KINDS.map(() => el("span"));
  const buttons = KINDS.map((kind, nth) =>
    el("button", `kind ${className}-kind`, { type: "button", [`data-${className}`]: kind, "data-kind": kind }, icon(kind), words[nth]),
  );
  return { node: el("div", `${className}-kinds`, {}, ...buttons), buttons, words };
}

export function showView(view, state) {
  const { labels, steps, limit, readonly } = state;
  const isFull = steps.length >= limit;
  view.root.classList.toggle("readonly", readonly);
  view.root.classList.toggle("empty", steps.length === 0);
  setText(view.start, labels.start);
  setText(view.end, labels.end);
  setText(view.keys, labels.keys);
  setAttributes(view.list, { "aria-label": labels.steps });
  showSteps(view, state);
  setText(view.last.when, steps.length ? labels.fails : "");
  const invitation = steps.length ? labels.add : labels.add_first;
  setText(view.invitation, isFull ? fill(labels.limit, { limit }) : invitation);
  view.add.hidden = readonly;
  view.out.node.hidden = readonly || isFull;
  view.add.classList.toggle("full", isFull);
  view.additions.node.hidden = isFull;
  setAttributes(view.choices.node, { "aria-label": labels.choose });
  for (const { buttons, words } of [view.additions, view.choices]) {
    KINDS.forEach((kind, nth) => {
      setText(words[nth], labels.kinds[kind]);
      setAttributes(buttons[nth], { "aria-label": `${labels.add}: ${labels.kinds[kind]}` });
    });
  }
  showChoices(view, state);
}

function showSteps(view, state) {
  const ids = new Set(state.steps.map((step) => step.id));
  for (const [id, step] of view.steps) {
    if (ids.has(id)) continue;
    step.node.remove();
    view.steps.delete(id);
  }
  state.steps.forEach((step, index) => {
    if (!view.steps.has(step.id)) view.steps.set(step.id, createStep(step));
    const shown = view.steps.get(step.id);
    updateStep(shown, step, index, state);
    if (view.list.children[index] !== shown.node) view.list.insertBefore(shown.node, view.list.children[index] ?? null);
  });
}

function showChoices(view, { open, steps, readonly, limit }) {
  const step = readonly || steps.length >= limit ? undefined : steps[open];
  for (const shown of view.steps.values()) {
    const isOpen = step !== undefined && shown === view.steps.get(step.id);
    shown.link.node.classList.toggle("open", isOpen);
    if (isOpen && view.choices.node.parentNode !== shown.link.node) shown.link.node.append(view.choices.node);
  }
  if (step === undefined) view.choices.node.remove();
}
