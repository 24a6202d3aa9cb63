/**
 * Reminds the person of certificates that will soon sign no more, without a host, and after days in which no browser ran.
 *
 * Alarms do not outlive every browser: the worker sets its own again at each start, and looks when the browser starts, too.
 *
 * @typedef {import('./types/Reminder').Reminder} Reminder
 */
import { showBadge } from './badge.js';
import { browser } from './browser.js';
import { clockDoubt, LATEST, noteTime } from './clock.js';
import { daysLeft, due, told } from './expiry.js';
import { HIDDEN, hiddenCertificates } from './hidden.js';
import { changeTerms, TERMS } from './terms.js';
import { fetchCatalogue, language } from './texts.js';
import { countWaiting } from './waiting.js';

const ALARM = 'reminders';
const PERIOD_MINUTES = 360;
/** More than so many at once are one notification. */
const MAX_NOTIFICATIONS = 3;

/** Says what is due now, once, puts the icon's number right, and notes the time. */
export async function remind() {
  await noteTime();
  await tellDue();
}

async function tellDue() {
  /** @type {Reminder[]} */
  let news = [];
  const now = Date.now();
  if (await clockDoubt()) return showBadge(await countWaiting());
  const hidden = await hiddenCertificates();
  await changeTerms((terms) => {
    news = due(terms, hidden, now);
    return told(terms, news, now);
  });
  await showBadge(await countWaiting());
  if (news.length > 0) await notify(news, now);
}

/** Has the browser wake the worker now and then. */
export async function setAlarm() {
  if (!(await browser.alarms.get(ALARM))) await browser.alarms.create(ALARM, { periodInMinutes: PERIOD_MINUTES });
}

/** @param {chrome.alarms.Alarm} alarm */
export async function alarmRang({ name }) {
  if (name === ALARM) await remind();
}

/**
 * Notes no time: what is stored may have changed because the person has all of it deleted.
 *
 * @param {Record<string, chrome.storage.StorageChange>} changes
 */
export async function termsChanged(changes) {
  if (changes[TERMS] || changes[HIDDEN] || changes[LATEST]) await tellDue();
}

/** What there is to do stands in the popup. @param {string} notification */
export async function notificationClicked(notification) {
  await browser.notifications.clear(notification);
  await browser.tabs.create({ url: browser.runtime.getURL('popup/popup.html') });
}

/**
 * @param {Reminder[]} reminders
 * @param {number} now
 */
async function notify(reminders, now) {
  const spoken = await language();
  const catalogue = JSON.parse(await fetchCatalogue(spoken));
  /** @param {string} key @param {number} count */
  const words = (key, count) => counted(catalogue[key].message, count, spoken);
  const of = (/** @type {Reminder} */ reminder) => {
    const days = daysLeft(reminder, now);
    if (days < 0) return { what: words('reminder_expired', 0), advice: words('reminder_advice_expired', 0) };
    return { what: days === 0 ? words('reminder_today', 0) : words('reminder_days', days), advice: words('reminder_advice', 0) };
  };
  const basic = /** @type {const} */ ({ type: 'basic', iconUrl: browser.runtime.getURL('icons/tamga-128.png') });
  if (reminders.length > MAX_NOTIFICATIONS) {
    const owners = [...new Set(reminders.map(({ owner }) => owner))].join(', ');
    await browser.notifications.create('several', { ...basic, title: words('reminder_several', reminders.length), message: owners });
    return;
  }
  for (const reminder of reminders) {
    const { what, advice } = of(reminder);
    await browser.notifications.create(reminder.id, { ...basic, title: what, message: `${reminder.owner}\n${advice}` });
  }
}

/**
 * As `Catalogue::counted` in wasm-core/src/text.rs.
 *
 * @param {string} message with a form for each kind of number, `|` between them
 * @param {number} count
 * @param {string} language
 */
function counted(message, count, language) {
  const forms = message.replaceAll('$COUNT$', `${count}`).split('|');
  const places = /** @type {Record<string, number | undefined>} */ ({ one: 0, few: 1 });
  const place = places[new Intl.PluralRules(language).select(count)] ?? forms.length - 1;
  return forms[Math.min(place, forms.length - 1)];
}
