// The order of the steps as immutable lists: each function returns a new list.
// A step: {id, kind, title, summary, destination, error, reach, origin}. `origin` names the source of the contents of a
// step the page does not know: null for a new step, the id of the step it copies, or its own id if it was restored.

export const moved = (steps, from, to) => {
  const rest = steps.filter((_, index) => index !== from);
  return [...rest.slice(0, to), steps[from], ...rest.slice(to)];
};

export const inserted = (steps, at, step) => [...steps.slice(0, at), step, ...steps.slice(at)];

export const without = (steps, id) => steps.filter((step) => step.id !== id);

export const indexOf = (steps, id) => steps.findIndex((step) => step.id === id);

export const blank = (kind, title) => ({
  id: newId(), kind, title, summary: "", destination: "", error: null, reach: null, origin: null,
});

// A copy of a copy that the page has not seen yet is a copy of the original.
export const copyOf = (step) => ({ ...step, id: newId(), origin: step.known ? step.id : step.origin, known: false });

// Restores a removed step below the step it was below, if that still exists.
export function restored(steps, { step, index, after }) {
  const above = indexOf(steps, after);
  const at = above >= 0 ? above + 1 : Math.min(index, steps.length);
  return [inserted(steps, at, step.known ? { ...step, origin: step.id } : step), at];
}

export const places = (steps) => steps.map(({ id, kind, origin }) => [id, kind, origin ?? null]);

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return "n" + [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
