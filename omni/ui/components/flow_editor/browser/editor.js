// The editor's state and the operator's actions on it.
import { fill } from "./dom.js";
import { listenToDrags } from "./drag.js";
import { createExchange } from "./exchange.js";
import { listenToKeys } from "./keys.js";
import { glide, isStill } from "./motion.js";
import { listenToPresses } from "./presses.js";
import * as order from "./steps.js";
import { createUndoBar } from "./undo.js";
import { createView, showView } from "./view.js";

const REMOVED_KEPT = 10;

export function createEditor(root) {
  const view = createView(root);
  const state = { steps: [], selected: null, roving: null, open: null, limit: 0, readonly: false, labels: null };
  const exchange = createExchange();
  let removed = [];
  let held = null; // an answer that arrived during a drag

  const undoBar = createUndoBar(view.dock, () => actions.undo());
  const drags = listenToDrags(view, {
    mayDrag: () => !state.readonly && state.steps.length > 1,
    onLift: () => actions.closeChoices(false),
    onDrop: drop,
  });

  function receive(data, send) {
    const kind = exchange.judge(data, send);
    if (kind === "too late") return;
    if (kind === "other steps") drags.cancel();
    if (drags.isDragging()) held = data;
    else adopt(data, kind === "other steps");
  }

  function adopt(data, isOther) {
    if (isOther) {
      removed = [];
      undoBar.hide();
      Object.assign(state, { open: null, roving: null });
    }
    held = null;
    exchange.adopt(data);
    const { cards, selected, labels, limit, readonly } = data;
    const steps = cards.map((card) => ({ ...card, origin: null, known: true }));
    const isSameOrder = steps.map((step) => step.id).join() === state.steps.map((step) => step.id).join();
    Object.assign(state, { steps, selected, labels, limit, readonly });
    if (isSameOrder || isOther) show();
    else glide(movable, show);
  }

  const movable = () => [...view.list.querySelectorAll(".card, .link"), view.tail];

  function show() {
    if (order.indexOf(state.steps, state.roving) < 0) state.roving = state.selected ?? state.steps[0]?.id ?? null;
    const focused = root.getRootNode().activeElement;
    showView(view, state);
    // A node loses the focus when it is moved in the document.
    if (focused?.isConnected && root.contains(focused)) focused.focus({ preventScroll: true });
  }

  function change(changes, sentence, values) {
    glide(movable, () => {
      Object.assign(state, changes);
      show();
    });
    say(sentence, values);
    exchange.emit(state.selected, order.places(state.steps));
  }

  function say(sentence, values) {
    view.live.textContent = "";
    // Screen readers speak the same sentence twice only if the region was empty in between.
    setTimeout(() => (view.live.textContent = fill(sentence, { total: state.steps.length, ...values })), 40);
  }

  function focus(id) {
    const main = view.steps.get(id)?.main;
    if (!main) return;
    main.focus({ preventScroll: true });
    main.closest(".card").scrollIntoView({ block: "nearest", behavior: isStill() ? "auto" : "smooth" });
  }

  function place(step, at, sentence) {
    const isFull = state.steps.length >= state.limit;
    if (isFull) say(state.labels.limit, { limit: state.limit });
    if (isFull || state.readonly) return;
    const steps = order.inserted(state.steps, at, step);
    change({ steps, selected: step.id, roving: step.id, open: null }, sentence, { title: step.title, position: at + 1 });
    focus(step.id);
  }

  const add = (kind, at) => place(order.blank(kind, state.labels.kinds[kind]), at, state.labels.added);

  function moveTo(id, to) {
    const from = order.indexOf(state.steps, id);
    const { title } = state.steps[from];
    if (state.readonly || to === from || to < 0 || to >= state.steps.length) return false;
    change({ steps: order.moved(state.steps, from, to), open: null }, state.labels.moved, { title, position: to + 1 });
    return true;
  }

  function drop(id, to, settle) {
    const answer = held;
    held = null;
    const from = order.indexOf(state.steps, id);
    const { title } = state.steps[from];
    if (to !== from) {
      glide(movable, () => {
        settle();
        state.steps = order.moved(state.steps, from, to);
        show();
      });
      return change({}, state.labels.moved, { title, position: to + 1 });
    }
    glide(movable, settle);
    say(state.labels.stays, { title, position: from + 1 });
    if (answer) adopt(answer, false);
  }

  // Actions called by a key return whether the key was handled.
  const actions = {
    select(id) {
      if (state.selected === id) return true;
      const index = order.indexOf(state.steps, id);
      const { title } = state.steps[index];
      change({ selected: id, roving: id }, state.labels.selected, { title, position: index + 1 });
      return true;
    },
    walk(id, by) {
      const at = order.indexOf(state.steps, id) + by;
      focus(state.steps[Math.max(0, Math.min(at, state.steps.length - 1))].id);
      return true;
    },
    moveBy(id, by) {
      const at = order.indexOf(state.steps, id) + by;
      if (moveTo(id, Math.max(0, Math.min(at, state.steps.length - 1)))) focus(id);
      return true;
    },
    addHere: (kind) => add(kind, state.open),
    addLast: (kind) => add(kind, state.steps.length),
    rove(id) {
      if (id === state.roving) return;
      state.roving = id;
      show();
    },
    duplicate(id) {
      const index = order.indexOf(state.steps, id);
      place(order.copyOf(state.steps[index]), index + 1, state.labels.duplicated);
      return true;
    },
    remove(id) {
      if (state.readonly) return true;
      const index = order.indexOf(state.steps, id);
      const step = state.steps[index];
      const steps = order.without(state.steps, id);
      const neighbour = (steps[index] ?? steps[index - 1])?.id ?? null;
      removed = [...removed, { step, index, after: state.steps[index - 1]?.id }].slice(-REMOVED_KEPT);
      const selected = state.selected === id ? neighbour : state.selected;
      const sentence = `${state.labels.removed}. ${state.labels.undo_keys}`;
      change({ steps, selected, roving: neighbour, open: null }, sentence, { title: step.title });
      undoBar.show(step.title, state.labels);
      if (neighbour) focus(neighbour);
      else view.additions.buttons[0].focus();
      return true;
    },
    undo() {
      if (removed.length === 0 || state.readonly) return false;
      const last = removed.at(-1);
      if (state.steps.length >= state.limit) {
        say(state.labels.limit, { limit: state.limit });
        return true;
      }
      removed = removed.slice(0, -1);
      undoBar.hide();
      const [steps, at] = order.restored(state.steps, last);
      const { id, title } = last.step;
      change({ steps, selected: id, roving: id, open: null }, state.labels.restored, { title, position: at + 1 });
      focus(id);
      return true;
    },
    openChoices(index) {
      state.open = state.open === index ? null : index;
      show();
      if (state.open !== null) view.choices.buttons[0].focus();
    },
    closeChoices(isByKey) {
      if (state.open === null) return false;
      const opener = view.steps.get(state.steps[state.open]?.id)?.link.insert;
      state.open = null;
      show();
      if (isByKey) opener?.focus();
      return true;
    },
  };

  const stopListening = listenToPresses(root, view.list, actions);
  listenToKeys(root, actions);

  return {
    receive,
    dispose() {
      drags.cancel();
      undoBar.hide();
      stopListening();
    },
  };
}
