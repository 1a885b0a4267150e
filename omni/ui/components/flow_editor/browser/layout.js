// Positions of the cards while one of them is moved. Heights differ; links between cards keep their place in the order.

// Returns the tops, in pixels, of the cards (by index) and of the links (by position) for this order of the cards.
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

// Returns the position whose top for the card is nearest to the card's current top.
export function nearestPosition(top, from, cardHeights, linkHeights) {
  const distances = cardHeights.map((_, to) => {
    const { cards } = arrangedTops(orderWith(cardHeights.length, from, to), cardHeights, linkHeights);
    return Math.abs(cards[from] - top);
  });
  return distances.indexOf(Math.min(...distances));
}
