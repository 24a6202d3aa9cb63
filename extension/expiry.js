/**
 * When a person is reminded that a certificate will soon sign no more: pure functions of what is known and the time.
 *
 * @typedef {import('./types/Listing').Listing['keys'][number]} KeyEntry
 * @typedef {import('./types/Reminder').Reminder} Reminder
 *
 * @typedef {object} Term what is known of a certificate
 * @property {string} owner
 * @property {string} person what tells its owner from others, in full
 * @property {number} until the last second in which it signs, Unix time
 * @property {boolean} portable whether it may be out of reach and come back: on a token or a flash drive
 * @property {number} [told] the stage that the person was reminded of last
 * @property {number} [quietUntil] until then the person wants to hear nothing of it, in milliseconds since 1970
 * @property {boolean} [dismissed] the person wants to hear nothing of it any more
 *
 * @typedef {Record<string, Term>} Terms by the certificate's id
 */

const DAY_MS = 86_400_000;
/** So many days are left when a person is reminded; 0 is the last day, and before it is over comes none below. */
const STAGES = [30, 14, 7, 3, 1, 0];
const EXPIRED = -1;
const FAR = Infinity;
/** For so long one that has expired is spoken of. */
const SPOKEN_OF_MS = 30 * DAY_MS;
/** For so long the person hears nothing who wants to be reminded later. */
const LATER_MS = 3 * DAY_MS;

/**
 * What is known after the host has listed its keys.
 *
 * @param {Terms} before
 * @param {KeyEntry[]} keys all of them
 * @param {number} now
 * @returns {Terms}
 */
export function remember(before, keys, now) {
  const absent = Object.entries(before).filter(([, term]) => term.portable && now - term.until * 1000 < SPOKEN_OF_MS);
  const listed = keys.filter(({ problem, view }) => !problem && !view.defect && view.digest);
  const present = listed.map(({ id, view, location }) => {
    const until = view.keyUntil ?? view.notAfter;
    const person = JSON.stringify(view.ownerDetails);
    const known = { owner: view.owner, person, until, portable: location.type !== 'pkcs12' };
    // What had expired when it was first seen is nothing to be reminded of.
    const { told, quietUntil, dismissed } = before[id] ?? { told: stage({ until }, now) === EXPIRED ? EXPIRED : undefined };
    return [id, { ...known, ...(told !== undefined && { told }), ...(quietUntil && { quietUntil }), ...(dismissed && { dismissed }) }];
  });
  return Object.fromEntries([...absent, ...present]);
}

/**
 * What the person is to hear now, each once: after days away only what is true now. The soonest first.
 *
 * @param {Terms} terms
 * @param {string[]} hidden the ids of those that the person does not want to see
 * @param {number} now
 * @returns {Reminder[]}
 */
export function due(terms, hidden, now) {
  return open(terms, hidden, now).filter(({ id }) => stage(terms[id], now) < (terms[id].told ?? FAR));
}

/**
 * What the person is shown while it is so. The soonest first.
 *
 * @param {Terms} terms
 * @param {string[]} hidden the ids of those that the person does not want to see
 * @param {number} now
 * @returns {Reminder[]}
 */
export function open(terms, hidden, now) {
  const shown = Object.entries(terms).filter(([id, term]) => {
    const isQuiet = hidden.includes(id) || term.dismissed || (term.quietUntil ?? 0) > now;
    const isSpokenOf = stage(term, now) !== FAR && now - term.until * 1000 < SPOKEN_OF_MS;
    return isSpokenOf && !isQuiet && !isRenewed(term, terms);
  });
  const reminders = shown.map(([id, { owner, until }]) => ({ id, owner, until }));
  return reminders.sort((one, other) => one.until - other.until);
}

/**
 * The same after the person has heard of these.
 *
 * @param {Terms} terms
 * @param {Reminder[]} reminders
 * @param {number} now
 * @returns {Terms}
 */
export function told(terms, reminders, now) {
  const heard = reminders.map(({ id }) => [id, { ...terms[id], told: stage(terms[id], now) }]);
  return { ...terms, ...Object.fromEntries(heard) };
}

/**
 * The same after the person wants to hear of one later, or never.
 *
 * @param {Terms} terms
 * @param {string} id
 * @param {import('./types/Again').Again} again
 * @param {number} now
 * @returns {Terms}
 */
export function quieted(terms, id, again, now) {
  if (!terms[id]) return terms;
  return { ...terms, [id]: { ...terms[id], ...(again === 'later' ? { quietUntil: now + LATER_MS } : { dismissed: true }) } };
}

/**
 * Whole days until it signs no more, as in the screens; negative once that is over.
 *
 * @param {{until: number}} term
 * @param {number} now
 */
export function daysLeft({ until }, now) {
  return Math.floor((until * 1000 - now) / DAY_MS);
}

/**
 * How near the end is: the lower the nearer.
 *
 * @param {{until: number}} term
 * @param {number} now
 */
function stage(term, now) {
  const days = daysLeft(term, now);
  return days < 0 ? EXPIRED : STAGES.filter((stage) => stage >= days).at(-1) ?? FAR;
}

/**
 * Whether its owner has another one that holds for longer.
 *
 * @param {Term} term
 * @param {Terms} terms
 */
function isRenewed({ person, until }, terms) {
  return Object.values(terms).some((other) => other.person === person && (other.until - until) * 1000 > DAY_MS);
}
