// The panes that ours lie in, one over another.

/**
 * A pane of the map that lets the pointer through, made where it is not there yet.
 * @param {L.Map} map @param {string} name @param {number} height how high it lies
 */
export function paneOf(map, name, height) {
  const known = map.getPane(name);
  if (known) {
    return known;
  }
  const made = map.createPane(name);
  made.style.zIndex = String(height);
  made.style.pointerEvents = "none";
  return made;
}
