/** Where a form stands: `top` at the top level, `tail` where `recur` may stand, `value` everywhere else. */
export type Place = 'value' | 'tail' | 'top'

/** What the last form of a body gets: `tail` is handed down, `top` is not. */
export function inner(place: Place): Place {
  return place === 'tail' ? 'tail' : 'value'
}
