// The exchange of gestures and answers with the page.
//
// Each change is shown at once and sent as the whole order, with the next sequence number. The page answers with the
// last number it has applied (ack). An answer to an earlier gesture would undo the change on the screen, so it is
// ignored ("too late"). Other steps (a new revision) replace everything, and gestures on the former steps are void.

export function createExchange() {
  let revision = null;
  let sequence = 0;
  let awaited = 0;
  let send = null;
  return {
    judge(data, sender) {
      send = sender;
      if (data.revision !== revision) return "other steps";
      return data.ack < awaited ? "too late" : "answer";
    },
    adopt(data) {
      if (data.revision !== revision) awaited = 0;
      revision = data.revision;
      sequence = Math.max(sequence, data.ack);
    },
    emit(selected, order) {
      sequence += 1;
      awaited = sequence;
      send({ sequence, revision, selected, order });
    },
  };
}
