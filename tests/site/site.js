/**
 * How a site signs with Tamga. Everything a site needs is `window.tamga`; extension/page/tamga.d.ts describes it.
 */

/** What to tell people. Most failures Tamga explains in its own window; these need a word here. */
const MESSAGES = {
  BUSY: 'Окно Tamga уже открыто: закончите в нём или закройте его.',
  CANCELLED: 'Подписание отменено.',
  CONTENT_CHANGED: 'Документ изменился или исчез. Выберите файл ещё раз.',
  HOST_MISSING: 'На компьютере не установлена программа Tamga.',
  INTERRUPTED: 'Расширение обновилось. Перезагрузите страницу.',
  NOT_ANSWERED: 'На запрос никто не ответил: он ждал за значком Tamga. Нажмите кнопку ещё раз.',
  ORIGIN_INSECURE: 'Подписывать можно только на страницах https.',
  PERMISSION_DENIED: 'Вы не разрешили этому сайту подписывать.',
};

const element = (id) => document.getElementById(id);
/** @type {{name: string, content: Blob | string}[]} */
let files = [];
/** @type {string | undefined} the certificate that the person has shown us */
let certificate;

// The extension may arrive after the page: then it announces itself.
window.addEventListener('tamga-ready', showStatus);
showStatus();

element('files').addEventListener('change', (event) => choose(event.target.files));
element('certificate').addEventListener('click', () => run(getCertificate));
element('form').addEventListener('submit', (event) => {
  event.preventDefault();
  run(sign);
});
acceptDrops(element('drop'));

async function showStatus() {
  const ready = window.tamga ? await window.tamga.status().catch((error) => ({ problem: error.code })) : null;
  element('sign').disabled = element('certificate').disabled = !ready;
  element('status').className = `status ${ready && !ready.problem ? 'ready' : 'missing'}`;
  element('status').textContent = !ready
    ? 'Расширение Tamga не установлено.'
    : ready.problem
      ? describe(ready.problem)
      : ready.extensionVersion
        ? `Tamga ${ready.extensionVersion} готова.`
        : 'Tamga установлена.'; // more it says when the page has been touched
}

async function getCertificate(signal) {
  const chosen = await window.tamga.getCertificate({}, { signal });
  certificate = chosen.id;
  showCertificate(chosen);
}

async function sign(signal) {
  const request = {
    documents: files.length > 0 ? files : [{ name: 'Заявление.txt', content: element('text').value }],
    format: element('format').value,
    detached: element('form').elements.placement.value === 'detached',
    pss: element('pss').checked,
    ...(certificate && { certificate }),
  };
  const result = await window.tamga.sign(request, { signal, onProgress: showProgress });
  showCertificate(result.certificate);
  element('results').replaceChildren(...result.items.map(describeItem));
}

/** One request, with its button to cancel and whatever became of it. */
async function run(action) {
  const controller = new AbortController();
  const cancel = element('cancel');
  cancel.onclick = () => controller.abort();
  setBusy(true);
  showMessage('');
  element('results').replaceChildren();
  try {
    await action(controller.signal);
  } catch (error) {
    showMessage(describe(error.code ?? error.message));
  } finally {
    setBusy(false);
  }
}

function choose(list) {
  files = Array.from(list, (file) => ({ name: file.name, content: file }));
  element('chosen').replaceChildren(
    ...files.map(({ name, content }) => row(text('span', name), text('small', formatSize(content.size)))),
  );
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

function describeItem({ name, signature, error }) {
  if (error) return row(text('span', name), text('span', describe(error.code)));
  const link = text('a', 'Скачать подпись');
  link.href = URL.createObjectURL(signature);
  link.download = `${name}.p7s`;
  return row(text('span', `${name} · ${formatSize(signature.size)}`), link);
}

function showCertificate({ id, subject, organization, serial, notAfter }) {
  const list = element('chosen-certificate');
  const facts = [
    ['Владелец', [subject, organization].filter(Boolean).join(', ')],
    ['Серийный номер', serial],
    ['Действует до', new Date(notAfter).toLocaleDateString('ru')],
    ['Сертификат (SHA-256)', id],
  ];
  list.replaceChildren(...facts.flatMap(([name, value]) => [text('dt', name), text('dd', value)]));
  list.hidden = false;
}

function showProgress({ phase, done, total, bytes, bytesTotal }) {
  showMessage(phase === 'waiting' ? 'Нажмите значок Tamga на панели браузера: запрос ждёт там.' : '');
  const bar = element('progress');
  bar.max = bytesTotal || total;
  bar.value = bytesTotal ? bytes : done;
}

function showMessage(message) {
  element('message').hidden = !message;
  element('message').textContent = message;
}

function setBusy(busy) {
  element('sign').disabled = element('certificate').disabled = busy;
  element('cancel').hidden = element('progress').hidden = !busy;
  element('progress').removeAttribute('value');
}

function describe(code) {
  return MESSAGES[code] ?? `Не получилось: ${code}.`;
}

function formatSize(bytes) {
  const units = ['байт', 'КиБ', 'МиБ', 'ГиБ'];
  const power = Math.min(Math.floor(Math.log2(bytes || 1) / 10), units.length - 1);
  return `${new Intl.NumberFormat('ru', { maximumFractionDigits: 1 }).format(bytes / 1024 ** power)} ${units[power]}`;
}

function text(name, content) {
  const node = document.createElement(name);
  node.textContent = content;
  return node;
}

function row(...content) {
  const node = document.createElement('li');
  node.append(...content);
  return node;
}
