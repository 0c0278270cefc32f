// The divider between two days, as far as the layers must know of it.

/** Where it is, in pixels of the map from the left; null without one. @param {L.Map} map */
export function at(map) {
  return map.landtrackSplit === undefined ? null : map.landtrackSplit;
}
