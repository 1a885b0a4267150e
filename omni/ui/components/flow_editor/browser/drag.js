// Dragging of a card: by its grip with any pointer, by the whole card with a mouse. Touch elsewhere scrolls the page.
import { arrangedTops, nearestPosition, orderWith } from "./layout.js";
import { createScroller } from "./scroller.js";

const THRESHOLD_PX = 6;
const OVERSHOOT_PX = 28;

export function listenToDrags(view, { mayDrag, onLift, onDrop }) {
  let drag = null;

  view.list.addEventListener("pointerdown", (event) => {
    const card = event.target.closest(".card");
    const isByGrip = event.target.closest(".grip") !== null;
    const isDraggable = event.isPrimary && event.button === 0 && card && !event.target.closest(".actions");
    if (drag || !isDraggable || !(isByGrip || event.pointerType === "mouse") || !mayDrag()) return;
    drag = { card, pointer: event.pointerId, x: event.clientX, y: event.clientY, lastY: event.clientY, lifted: false };
    for (const [name, listener] of listeners) window.addEventListener(name, listener, true);
  });
  // Otherwise a long press on the grip would open the browser's menu during a drag.
  view.list.addEventListener("contextmenu", (event) => {
    if (drag && event.target.closest(".grip")) event.preventDefault();
  });

  const ours = (event) => drag && event.pointerId === drag.pointer;
  const listeners = [
    ["pointermove", (event) => ours(event) && onMove(event)],
    ["pointerup", (event) => ours(event) && finish(true)],
    ["pointercancel", (event) => ours(event) && finish(false)],
    ["blur", (event) => event.target === window && finish(false)],
    ["keydown", (event) => {
      if (event.key !== "Escape" || !drag?.lifted) return;
      event.preventDefault();
      event.stopPropagation();
      finish(false);
    }],
  ];

  function onMove(event) {
    drag.lastY = event.clientY;
    const distance = Math.hypot(event.clientX - drag.x, event.clientY - drag.y);
    if (!drag.lifted && distance < THRESHOLD_PX) return;
    if (!drag.lifted) lift(event);
    follow();
  }

  function lift() {
    drag.lifted = true;
    drag.card.setPointerCapture(drag.pointer);
    getSelection()?.removeAllRanges();
    onLift();
    drag.steps = [...view.list.children].map((node) => ({ card: node.querySelector(".card"), link: node.querySelector(".link") }));
    drag.from = drag.to = drag.steps.findIndex(({ card }) => card === drag.card);
    drag.cardHeights = drag.steps.map(({ card }) => card.offsetHeight);
    drag.linkHeights = drag.steps.map(({ link }) => link.offsetHeight);
    drag.tops = arrangedTops(orderWith(drag.steps.length, 0, 0), drag.cardHeights, drag.linkHeights);
    drag.scroller = createScroller(view.root, follow);
    view.root.classList.add("dragging");
    drag.card.classList.add("lifted");
    view.placeholder.hidden = false;
    view.placeholder.style.height = `${drag.cardHeights[drag.from]}px`;
    makeRoom();
  }

  function follow() {
    const { from, tops, cardHeights, linkHeights } = drag;
    const wanted = tops.cards[from] + drag.lastY - drag.y + drag.scroller.scrolled();
    const lowest = view.track.offsetHeight - cardHeights[from] + OVERSHOOT_PX;
    const top = Math.max(linkHeights[0] - OVERSHOOT_PX, Math.min(wanted, lowest));
    drag.card.style.transform = `translateY(${top - tops.cards[from]}px)`;
    const to = nearestPosition(top, from, cardHeights, linkHeights);
    if (to !== drag.to) {
      drag.to = to;
      makeRoom();
    }
    drag.scroller.pull(drag.lastY);
  }

  function makeRoom() {
    const { steps, from, to, tops } = drag;
    const then = arrangedTops(orderWith(steps.length, from, to), drag.cardHeights, drag.linkHeights);
    steps.forEach(({ card, link }, index) => {
      if (index !== from) card.style.transform = `translateY(${then.cards[index] - tops.cards[index]}px)`;
      link.style.transform = `translateY(${then.links[index] - tops.links[index]}px)`;
    });
    view.placeholder.style.transform = `translateY(${then.cards[from]}px)`;
  }

  function finish(isDrop) {
    const { card, from, to, lifted, steps, scroller } = drag;
    for (const [name, listener] of listeners) window.removeEventListener(name, listener, true);
    drag = null;
    if (!lifted) return;
    scroller.stop();
    swallowClick(view.list);
    // The clean-up runs inside the glide, which starts from the positions visible now.
    onDrop(card.dataset.id, isDrop ? to : from, () => {
      view.root.classList.remove("dragging");
      card.classList.remove("lifted");
      view.placeholder.hidden = true;
      for (const step of steps) step.card.style.transform = step.link.style.transform = "";
    });
  }

  return { isDragging: () => drag?.lifted === true, cancel: () => drag && finish(false) };
}

// Some browsers end a drag with a click on the element under the pointer, which the operator did not intend.
function swallowClick(node) {
  const swallow = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  node.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => node.removeEventListener("click", swallow, { capture: true }), 0);
}
