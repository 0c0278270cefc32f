// How much room the page has.

const NARROW = 760;

export function isNarrow() {
  return window.innerWidth <= NARROW;
}
