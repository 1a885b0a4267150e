// Where cards stand when one of them is elsewhere. Heights differ, links between cards keep their place in the order.

// Tops of the cards (by their index) and of the links (by their position) if the cards came in this order.
export function arrangedTops(order, cardHeights, linkHeights) {
  const cards = [];
  const links = [];
  let y = 0;
  order.forEach((card, position) => {
    links[position] = y;
    cards[card] = y + linkHeights[position];
    y = cards[card] + cardHeights[card];
  });
  return { cards, links };
}

export function orderWith(count, from, to) {
  const rest = [...Array(count).keys()].filter((index) => index !== from);
  return [...rest.slice(0, to), from, ...rest.slice(to)];
}

// The position whose place for the card is nearest to where the card is held.
export function nearestPosition(top, from, cardHeights, linkHeights) {
  const distances = cardHeights.map((_, to) => {
    const { cards } = arrangedTops(orderWith(cardHeights.length, from, to), cardHeights, linkHeights);
    return Math.abs(cards[from] - top);
  });
  return distances.indexOf(Math.min(...distances));
}
