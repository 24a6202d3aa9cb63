/**
 * What brings a screen into a state: what its script reports, and what the person does. All of it is data, which goes to
 * the page as it is.
 *
 * @typedef {{event: Record<string, object>} | {press: string} | {unfold: string} | {submit: string[]} | {pick: string, field: string} | {choose: number}} Step
 * @typedef {Record<string, Step[]>} States by name
 */

/** The script reports something. @param {string} type @param {object} [fields] @returns {Step} */
export function event(type, fields = {}) {
  return { event: { [type]: fields } };
}

/** The person presses the button that has these words of the catalogue. @param {string} key @returns {Step} */
export function press(key) {
  return { press: key };
}

/** The person unfolds what this selects. @param {string} selector @returns {Step} */
export function unfold(selector) {
  return { unfold: selector };
}

/** The person types into the secret fields, in their order, and submits. @param {...string} secrets @returns {Step} */
export function submit(...secrets) {
  return { submit: secrets };
}

/** The person picks a file of this name. @param {string} name @param {string} [field] a selector of the picker @returns {Step} */
export function pick(name, field = '#file') {
  return { pick: name, field };
}

/** The person chooses the certificate at this place. @param {number} place @returns {Step} */
export function choose(place) {
  return { choose: place };
}
