/**
 * How a site signs with Tamga. Everything it needs is `window.tamga`, which extension/page/tamga.d.ts describes.
 *
 * What the page knows is in `state`; `render` shows it. A site of your own needs `sign`, `run` and `describe`.
 */
import { drawChosen, drawLanguages, drawProgress, drawResult, drawStatus } from './view.js';
import { LANGUAGES, formatWait, hasText, language, setLanguage, text, translatePage } from './texts.js';

const element = (id) => document.getElementById(id);

const state = {
  /** @type {{missing: boolean, version?: string, problem?: string} | null} null until it is known */
  status: null,
  /** @type {File[]} */
  files: [],
  /** What was asked for last: its documents, and how the signature was to be. */
  asked: null,
  /** What came of it. @type {import('../../extension/page/tamga').SignResult | null} */
  result: null,
  /** The certificate that the person has shown us. @type {import('../../extension/page/tamga').TamgaCertificate | null} */
  certificate: null,
  /** What `tamga.sign` reports while it works. */
  progress: null,
  /** @type {{code: string, retryAfter?: number} | null} */
  failure: null,
};

// The extension may arrive after the page: then it announces itself. And what was missing may have been installed, or
// allowed in another tab, while the person was elsewhere.
window.addEventListener('tamga-ready', showStatus);
window.addEventListener('focus', showStatus);
showStatus();

element('files').addEventListener('change', (event) => choose(event.target.files));
element('certificate').addEventListener('click', () => run(getCertificate));
element('form').addEventListener('submit', (event) => {
  event.preventDefault();
  run(sign);
});
acceptDrops(element('drop'));
speak(language);

async function showStatus() {
  if (!window.tamga) {
    state.status = { missing: true };
    return render();
  }
  // Until the person has touched the page or always allows this site to ask, it says nothing but that it is there.
  const { extensionVersion, problem } = await window.tamga.status().catch((error) => ({ problem: error.code }));
  state.status = { missing: false, version: extensionVersion ?? undefined, problem: problem ?? undefined };
  render();
}

async function sign(signal) {
  const documents = state.files.length > 0
    ? state.files.map((file) => ({ name: file.name, content: file }))
    : [{ name: text('text_name'), content: new Blob([element('text').value]) }];
  const detached = element('form').elements.placement.value === 'detached';
  const format = element('format').value;
  const request = { documents, detached, format, pss: element('pss').checked };
  // With the certificate that the person has shown us, or else with one that they choose now.
  if (state.certificate) request.certificate = state.certificate.id;
  const onProgress = (progress) => {
    state.progress = progress;
    render();
  };
  state.result = await window.tamga.sign(request, { signal, onProgress });
  state.asked = { documents, detached, format };
  // A site of your own sends each items[n].signature to its server now, which checks it.
}

async function getCertificate(signal) {
  state.certificate = await window.tamga.getCertificate({}, { signal });
}

/** One request: what it shows while it lasts, how it is cancelled, whatever becomes of it. */
async function run(action) {
  const controller = new AbortController();
  element('cancel').onclick = () => controller.abort();
  Object.assign(state, { failure: null, result: null, asked: null, progress: { phase: 'asking' } });
  render();
  try {
    await action(controller.signal);
  } catch (error) {
    state.failure = { code: error.code ?? error.message, retryAfter: error.retryAfter };
  }
  state.progress = null;
  render();
  // Who reads with their ears is taken to what came of it.
  element('results').querySelector('h2')?.focus();
}

/** What to tell people. What happens in Tamga's window, that window explains: a site needs words for a few codes. */
function describe({ code, retryAfter }) {
  if (code === 'PERMISSION_DENIED' && retryAfter) return text('error_PERMISSION_DENIED_FOR_NOW', { wait: formatWait(retryAfter) });
  return hasText(`error_${code}`) ? text(`error_${code}`) : text('error_other', { code });
}

function choose(files) {
  state.files = Array.from(files);
  // So that the same files can be chosen again.
  element('files').value = '';
  render();
}

function remove(file) {
  choose(state.files.filter((other) => other !== file));
  element('files').focus();
}

function acceptDrops(target) {
  const mark = (over) => (event) => {
    event.preventDefault();
    target.classList.toggle('over', over);
  };
  target.addEventListener('dragover', mark(true));
  target.addEventListener('dragleave', mark(false));
  target.addEventListener('drop', (event) => {
    mark(false)(event);
    choose(event.dataTransfer.files);
  });
}

function speak(chosen) {
  const sample = element('text');
  const untouched = sample.value === sample.defaultValue;
  setLanguage(chosen);
  translatePage();
  drawLanguages(element('languages'), LANGUAGES, speak);
  sample.defaultValue = text('text_sample');
  if (untouched) sample.value = sample.defaultValue;
  render();
}

function render() {
  const { status, files, certificate, progress, failure } = state;
  const busy = progress !== null;
  drawStatus(element('status'), status, describe);
  drawChosen(element('chosen'), files, remove);
  element('text-field').hidden = files.length > 0;

  element('sign').textContent = files.length > 1 ? text('sign_many', { count: files.length }) : text('sign');
  element('sign').disabled = element('certificate').disabled = busy || !status || status.missing;
  element('cancel').hidden = !busy;
  drawProgress(element('progress'), progress);

  element('message').hidden = !failure;
  element('message').textContent = failure ? describe(failure) : '';
  element('message').className = failure?.code === 'CANCELLED' ? 'message' : 'message bad';
  drawResult(element('results'), { ...state, describe, forget: certificate && forget });
}

function forget() {
  state.certificate = null;
  render();
}
