// The order of the steps as values: each function gives a new list and leaves the old one alone.
// A step: {id, kind, title, summary, destination, error, reach, origin}. `origin` tells the page where the contents of
// a step it does not know come from: null for a new one, the id of the step it copies, or its own id if brought back.

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

// A copy of a copy that the page has not seen yet is a copy of the first.
export const copyOf = (step) => ({ ...step, id: newId(), origin: step.known ? step.id : step.origin, known: false });

// What is put back goes below the step it stood below, if that is still there.
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
