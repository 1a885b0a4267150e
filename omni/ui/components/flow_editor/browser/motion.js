// Animations: elements glide from their old place to the new one, unless the system is set to reduced motion.

const still = matchMedia("(prefers-reduced-motion: reduce)");
const EASE = "cubic-bezier(.2, .8, .2, 1)";

export const isStill = () => still.matches;

// Runs the change, then animates each element that `movable` lists (before and after) to its new place.
export function glide(movable, change) {
  const before = new Map(movable().map((node) => [node, node.getBoundingClientRect().top]));
  change();
  if (still.matches) return;
  for (const node of movable()) {
    const rise = before.has(node) ? before.get(node) - node.getBoundingClientRect().top : null;
    if (rise === null) appear(node);
    else if (Math.abs(rise) > 0.5) {
      node.animate([{ transform: `translateY(${rise}px)` }, { transform: "none" }], { duration: 220, easing: EASE });
    }
  }
}

export function appear(node) {
  if (still.matches) return;
  const frames = [{ opacity: 0, transform: "scale(.96)" }, { opacity: 1, transform: "none" }];
  node.animate(frames, { duration: 180, easing: EASE });
}
