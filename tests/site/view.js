/** What this page draws from what it knows. Names of files and people come from elsewhere: they are text, never HTML. */
import { formatDate, formatSize, language, text } from './texts.js';

/** Object URLs of what is drawn in the result, given back when something else is drawn. @type {string[]} */
let urls = [];
/** What was drawn there last, so that progress and clicks elsewhere leave it alone. */
let drawn = [];

export function drawLanguages(target, languages, speak) {
  target.setAttribute('aria-label', text('language'));
  target.replaceChildren(...Object.entries(languages).map(([tag, name]) => {
    const button = create('button', { type: 'button', lang: tag, ariaPressed: String(tag === language) }, name);
    button.addEventListener('click', () => {
      speak(tag);
      // They have been drawn anew.
      target.querySelector('[aria-pressed=true]').focus();
    });
    return button;
  }));
}

export function drawStatus(target, status, describe) {
  const [kind, what, help] = statusWords(status, describe);
  target.className = `status ${kind}`;
  target.replaceChildren(create('strong', {}, what), ...(help ? [create('p', {}, help)] : []));
}

function statusWords(status, describe) {
  if (!status) return ['', text('status_looking')];
  if (status.missing) return ['missing', text('status_missing'), text('status_missing_help')];
  if (status.problem) return ['missing', text('status_problem'), describe({ code: status.problem })];
  if (!status.version) return ['ready', text('status_asks'), text('status_asks_help')];
  return ['ready', text('status_ready', { version: status.version }), text('status_ready_help')];
}

export function drawChosen(target, files, remove) {
  target.hidden = files.length === 0;
  const rows = files.map((file) => {
    const away = create('button', { type: 'button', className: 'quiet', ariaLabel: text('file_remove', { name: file.name }) }, '×');
    away.addEventListener('click', () => remove(file));
    return create('li', {}, create('span', { className: 'name' }, file.name), create('small', {}, formatSize(file.size)), away);
  });
  const size = formatSize(files.reduce((sum, file) => sum + file.size, 0));
  target.replaceChildren(
    create('p', { className: 'total' }, text('files_total', { count: files.length, size })),
    create('ul', {}, ...rows),
  );
}

export function drawProgress(target, progress) {
  target.hidden = !progress;
  if (!progress) return;
  const { phase, done, total, bytes, bytesTotal } = progress;
  const [words, bar] = target.children;
  words.textContent = phase === 'waiting' ? text('waiting_icon')
    : phase === 'reading' ? text('reading', { done, total })
    : phase === 'signing' ? text('signing', { done, total })
    : text('waiting_window');
  if (phase !== 'reading' && phase !== 'signing') return bar.removeAttribute('value');
  bar.max = bytesTotal || total;
  bar.value = bytesTotal ? bytes : done;
}

/** Who signed, what there is to save, and how to check it; or the certificate that was shown; or that nothing is there yet. */
export function drawResult(target, { result, asked, certificate, describe, forget }) {
  const now = [result, certificate, language];
  if (now.every((part, index) => part === drawn[index]) && drawn.length > 0) return;
  drawn = now;
  urls.forEach((url) => URL.revokeObjectURL(url));
  urls = [];
  if (result) return target.replaceChildren(...signed(result, asked, describe));
  if (certificate) return target.replaceChildren(...shown(certificate, forget));
  target.replaceChildren(create('p', { className: 'nothing' }, text('result_none')));
}

function signed({ certificate, items }, asked, describe) {
  const good = items.filter(({ signature }) => signature).length;
  const heading = good === items.length ? text('result_signed') : text('result_partly', { done: good, total: items.length });
  const rows = items.map((item, index) => document_(item, asked, asked.documents[index].content, describe));
  return [
    create('h2', { className: good === items.length ? 'good' : 'partly', tabIndex: -1 }, heading),
    create('ul', { className: 'items' }, ...rows),
    create('h3', {}, text('who')),
    facts(certificate),
    ...(good > 0 ? [check(certificate, asked, items.find(({ signature }) => signature).name)] : []),
  ];
}

function shown(certificate, forget) {
  const button = create('button', { type: 'button' }, text('forget'));
  button.addEventListener('click', forget);
  return [
    create('h2', { className: 'good', tabIndex: -1 }, text('result_certificate')),
    create('p', {}, text('result_certificate_help')),
    create('h3', {}, text('whose')),
    facts(certificate),
    create('div', { className: 'actions' }, button),
  ];
}

/** One document: its signature to save and itself, or why it is not signed. */
function document_({ name, signature, error }, { detached }, content, describe) {
  if (error) return create('li', { className: 'failed' }, create('span', { className: 'name' }, name), create('p', {}, `${text('not_signed')}. ${describe(error)}`));
  const links = [download(text('save_signature'), signatureName(name, detached), signature, 'main')];
  if (detached) links.push(download(text('save_document'), name, content));
  return create('li', {}, create('span', { className: 'name' }, name), create('small', {}, formatSize(signature.size)), create('div', { className: 'links' }, ...links));
}

/** What the certificate says. More is in its DER: a server that has checked the signature reads it from there. */
function facts({ id, subject, organization, serial, notAfter, keyType }) {
  const row = ([name, value]) => (value ? [create('dt', {}, name), create('dd', {}, value)] : []);
  const first = [[text('owner'), subject], [text('organization'), organization], [text('valid_until'), formatDate(notAfter)]];
  const more = [[text('key'), keyType === 'GOST' ? text('key_GOST') : keyType], [text('serial'), serial], [text('fingerprint'), id]];
  return create('div', { className: 'facts' },
    create('dl', {}, ...first.flatMap(row)),
    create('details', {}, create('summary', {}, text('more')), create('dl', { className: 'codes' }, ...more.flatMap(row))));
}

function check(certificate, { detached, format, documents }, name) {
  const file = signatureName(name, detached);
  const gost = certificate.keyType === 'GOST';
  const tamga = `tamga-host verify ${quoted(file)}${detached ? ` --content ${quoted(name)}` : ''} --signature-only`;
  const openssl = [
    `openssl cms -verify -binary -inform DER -in ${quoted(file)}`,
    detached ? `-content ${quoted(name)} -out /dev/null` : `-out ${quoted(name)}`,
    `-CAfile certificates.pem -partial_chain -purpose any${format === 'cades-bes' ? ' -cades' : ''}`,
  ].join(' \\\n  ');
  const pem = new Blob([certificate.der, ...certificate.chain].map(toPem), { type: 'application/x-pem-file' });
  return create('details', { className: 'check', open: true },
    create('summary', {}, text('check')),
    create('p', {}, text('check_lead')),
    create('div', { className: 'links' }, download(text('save_certificates'), 'certificates.pem', pem)),
    command(text('check_tamga'), tamga),
    command(text('check_openssl'), openssl),
    ...(gost ? [create('p', {}, text('check_openssl_gost'))] : []),
    ...(documents.length > 1 ? [create('p', {}, text('check_one_of'))] : []),
    create('p', { className: 'fine' }, text('check_chain')));
}

function command(label, words) {
  const copy = create('button', { type: 'button', className: 'quiet' }, text('copy'));
  copy.addEventListener('click', async () => {
    await navigator.clipboard.writeText(words);
    copy.textContent = text('copied');
  });
  return create('div', { className: 'command' },
    create('div', { className: 'command-head' }, create('span', {}, label), copy),
    create('pre', { tabIndex: 0 }, create('code', { translate: false }, words)));
}

function signatureName(name, detached) {
  return `${name}${detached ? '.p7s' : '.p7m'}`;
}

function download(words, name, content, className = '') {
  const url = URL.createObjectURL(content);
  urls.push(url);
  return create('a', { href: url, download: name, className, ariaLabel: `${words}: ${name}` }, words);
}

/** As one word of a shell. */
function quoted(name) {
  return `'${name.replaceAll("'", "'\\''")}'`;
}

function toPem(base64) {
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/(.{64})(?=.)/g, '$1\n')}\n-----END CERTIFICATE-----\n`;
}

function create(name, properties, ...content) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...content);
  return node;
}
