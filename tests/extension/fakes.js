/** Stand-ins for the browser, as small as the tests need them. */

// The browsers that the manifest names have it; Node.js only from 22 on.
Promise.withResolvers ??= function withResolvers() {
  const parts = {};
  parts.promise = new this((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
};
// And this one from 19 on.
globalThis.CustomEvent ??= class CustomEvent extends Event {
  constructor(type, { detail = null, ...options } = {}) {
    super(type, options);
    this.detail = detail;
  }
};

/** Pages of a test tell each other something. Node.js's own would keep the test from ending. */
globalThis.BroadcastChannel = class BroadcastChannel {
  static #all = [];
  onmessage = null;

  constructor(name) {
    this.name = name;
    BroadcastChannel.#all.push(this);
  }

  postMessage(data) {
    const others = BroadcastChannel.#all.filter((other) => other !== this && other.name === this.name);
    for (const other of others) queueMicrotask(() => other.onmessage?.({ data }));
  }
};

/** Time that passes when the test says so, until the test ends. Node.js has its own only from 21 on. */
export class Clock {
  #now = Date.now();
  #timers = new Set();

  constructor(context) {
    const { setTimeout, setInterval, clearTimeout, clearInterval, Date } = globalThis;
    const { now } = Date;
    const start = (repeats) => (call, delay) => this.#start(call, delay, repeats);
    const clear = (timer) => this.#timers.delete(timer);
    Object.assign(globalThis, { setTimeout: start(false), setInterval: start(true), clearTimeout: clear, clearInterval: clear });
    Date.now = () => this.#now;
    context.after(() => {
      Object.assign(globalThis, { setTimeout, setInterval, clearTimeout, clearInterval });
      Date.now = now;
    });
  }

  #start(call, delay, repeats) {
    const timer = { call, delay, repeats, due: this.#now + delay };
    this.#timers.add(timer);
    return timer;
  }

  /** @param {number} time in milliseconds */
  pass(time) {
    const end = this.#now + time;
    for (;;) {
      const next = [...this.#timers].filter(({ due }) => due <= end).sort((one, other) => one.due - other.due)[0];
      if (!next) break;
      this.#now = next.due;
      next.due += next.delay;
      if (!next.repeats) this.#timers.delete(next);
      next.call();
    }
    this.#now = end;
  }
}

/** A browser event that tests can fire. */
export class Listeners {
  #listeners = new Set();
  addListener(listener) {
    this.#listeners.add(listener);
  }
  removeListener(listener) {
    this.#listeners.delete(listener);
  }
  fire(...values) {
    for (const listener of [...this.#listeners]) listener(...values);
  }
}

/** A native port whose other end is `answer(message, port)`. */
export class Port {
  onMessage = new Listeners();
  onDisconnect = new Listeners();
  sent = [];
  disconnected = false;
  error = undefined;

  constructor(answer) {
    this.answer = answer;
  }
  postMessage(message) {
    if (this.disconnected) throw new Error('Attempting to use a disconnected port object');
    // What crosses a native port is JSON.
    const copy = JSON.parse(JSON.stringify(message));
    this.sent.push(copy);
    queueMicrotask(() => this.answer(copy, this));
  }
  /** The host says something. */
  say(message) {
    if (!this.disconnected) this.onMessage.fire(JSON.parse(JSON.stringify(message)));
  }
  /** The host is gone; Firefox's way to say why. */
  lose(reason) {
    this.error = reason && new Error(reason);
    this.disconnected = true;
    this.onDisconnect.fire(this);
  }
  disconnect() {
    this.disconnected = true;
  }
}

/** The background's browser, with windows that can be opened and closed. */
export function fakeBrowser() {
  const area = () => {
    let values = {};
    return {
      get: async (defaults) => ({ ...defaults, ...structuredClone(values) }),
      set: async (more) => void (values = { ...values, ...structuredClone(more) }),
      remove: async (names) => [names].flat().forEach((name) => delete values[name]),
    };
  };
  const open = new Map();
  const browser = {
    open,
    focused: [],
    told: [],
    badges: {},
    icon: {},
    /** The tabs that are not in front, and the window that the person is in. */
    behind: new Set(),
    inFront: { window: 1 },
    created: [],
    extension: { inIncognitoContext: false },
    runtime: {
      id: 'tamga',
      lastError: undefined,
      getURL: (path) => `chrome-extension://tamga/${path}`,
      getManifest: () => ({ version: '0.1.0' }),
      connectNative: () => {
        throw new Error('no host in this test');
      },
    },
    storage: { local: area(), session: area(), managed: { get: async () => ({}) } },
    tabs: {
      get: async (tab) => ({ windowId: 1, active: !browser.behind.has(tab) }),
      update: async (tab) => (browser.behind.delete(tab), { windowId: 1 }),
      create: async (tab) => void browser.created.push(tab),
      sendMessage: async (...message) => void browser.told.push(message),
    },
    action: {
      setBadgeBackgroundColor: async () => {},
      setBadgeText: async ({ tabId = 'all', text }) => void (browser.badges[tabId] = text),
      setIcon: async ({ path }) => void (browser.icon.path = path[16]),
      setTitle: async ({ title }) => void (browser.icon.title = title),
    },
    alarms: {
      get: async (name) => browser.alarms[name],
      create: async (name, alarm) => void (browser.alarms[name] = alarm),
    },
    /** What was said outside the browser's windows, by id. */
    notified: {},
    notifications: {
      create: async (id, notification) => void (browser.notified[id] = notification),
      clear: async (id) => void delete browser.notified[id],
    },
    i18n: { getMessage: (key) => key, getUILanguage: () => 'ru-RU' },
    windows: {
      create: async ({ url, incognito }) => {
        browser.created.push({ incognito });
        const id = 100 + open.size + browser.told.length;
        open.set(id, url);
        return { id };
      },
      get: async (id) => {
        if (id !== 1 && !open.has(id)) throw new Error('No window');
        return { left: 0, top: 0, width: 1000, height: 800, focused: id === browser.inFront.window };
      },
      getAll: async () => [1, browser.inFront.window].map((id) => ({ id, focused: id === browser.inFront.window, incognito: false })),
      update: async (id) => void browser.focused.push(id),
      remove: async (id) => void open.delete(id),
    },
  };
  return browser;
}
