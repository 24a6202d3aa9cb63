/** Messages of other processes are rebuilt: what is not known does not pass, and what cannot be is no message. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseContentToWindow, parseContentToWorker, parsePageState, parsePopupToWorker } from '../../extension/messages.js';

const ID = '0123456789abcdef'.repeat(2);
const blob = new Blob(['?']);
const sign = { type: 'sign', documents: [{ name: 'a', size: 1, content: blob }], hashes: [{ name: 'h', algorithm: 'SHA-256', value: 'ab' }] };

for (const [parse, messages] of [
  [parseContentToWorker, [
    { type: 'open', id: ID, scope: 'sign', touched: true, gesture: false },
    { type: 'open', id: ID, scope: 'certificate', touched: false, gesture: true },
    { type: 'settled', id: ID, ending: 'answered' },
    { type: 'settled', id: ID, ending: 'taken-back' },
    { type: 'settled', id: ID, ending: 'left' },
    { type: 'raise', id: ID },
    { type: 'status', touched: true },
  ]],
  [parsePopupToWorker, [
    { type: 'list-waiting', isPrivate: true },
    { type: 'open-waiting', id: ID, isPrivate: false },
    { type: 'dismiss-waiting', id: ID, isPrivate: true },
  ]],
  [parseContentToWindow, [
    { type: 'command', command: { type: 'get-certificate', filter: { keyTypes: ['RSA'], issuers: [] } }, probe: blob },
    { type: 'command', command: { ...sign, format: 'cms', detached: false, certificate: 'id', pss: true }, probe: {} },
    { type: 'received' },
    { type: 'taken-back' },
    { type: 'lost', code: 'CONTENT_CHANGED' },
    { type: 'lost', code: 'INTERRUPTED' },
    { type: 'chunk', stream: 1, sequence: 0, last: true, data: '' },
    { type: 'acknowledge', stream: 1, sequence: 0 },
    { type: 'abort', stream: 1 },
  ]],
]) {
  for (const message of messages) {
    test(`${parse.name} takes ${JSON.stringify(message)}, and drops what it does not know`, () => {
      assert.deepEqual(parse(message), message);
      assert.deepEqual(parse({ ...message, origin: 'https://bank.example', sender: {} }), message);
    });
  }
  test(`${parse.name} takes nothing else`, () => {
    for (const other of [undefined, null, 7, 'open', [], {}, { type: 'toString' }, { type: null }]) assert.equal(parse(other), null);
  });
}

for (const id of [undefined, null, 7, '', 'short', ID.toUpperCase(), `${ID}0`, `${ID}\n`, ` ${ID}`, [ID]]) {
  test(`a request is not called ${JSON.stringify(id)}`, () => {
    for (const message of [{ type: 'open', scope: 'sign' }, { type: 'settled' }, { type: 'raise' }]) assert.equal(parseContentToWorker({ ...message, id }), null);
    for (const type of ['open-waiting', 'dismiss-waiting']) assert.equal(parsePopupToWorker({ type, id }), null);
  });
}

test('what is not said plainly is not so', () => {
  for (const other of [undefined, 'true', 1, {}]) {
    const { touched, gesture } = parseContentToWorker({ type: 'open', id: ID, scope: 'sign', touched: other, gesture: other });
    assert.deepEqual([touched, gesture], [false, false]);
    assert.equal(parseContentToWorker({ type: 'status', touched: other }).touched, false);
    assert.equal(parsePopupToWorker({ type: 'list-waiting', isPrivate: other }).isPrivate, false);
    assert.equal(parsePopupToWorker({ type: 'open-waiting', id: ID, isPrivate: other }).isPrivate, false);
    assert.equal(parsePageState({ document: 1, touched: other }).touched, false);
    assert.equal(parseContentToWindow({ type: 'chunk', stream: 1, sequence: 0, last: other, data: '' }).last, false);
  }
});

test('an ending that is not known counts as answered, and a scope that is not known as no message', () => {
  assert.equal(parseContentToWorker({ type: 'settled', id: ID, ending: 'forgiven' }).ending, 'answered');
  for (const scope of [undefined, 'options', 'toString', ['sign']]) assert.equal(parseContentToWorker({ type: 'open', id: ID, scope }), null);
});

test('a page that does not say which document it is, is none', () => {
  assert.deepEqual(parsePageState({ document: 1.5, touched: true, url: 'x' }), { document: 1.5, touched: true });
  for (const reply of [null, undefined, {}, { document: '1' }]) assert.equal(parsePageState(reply), null);
});

test('of a port\'s messages the fields have their types', () => {
  for (const message of [
    { type: 'chunk', stream: '1', sequence: 0, last: true, data: '' },
    { type: 'chunk', stream: 1, sequence: '0', last: true, data: '' },
    { type: 'chunk', stream: 1, sequence: 0, last: true, data: 7 },
    { type: 'acknowledge', stream: '1', sequence: 0 },
    { type: 'acknowledge', stream: 1 },
    { type: 'abort' },
    { type: 'command' },
    { type: 'command', command: { type: 'status' } },
    { type: 'command', command: { ...sign, documents: undefined } },
    { type: 'command', command: { ...sign, hashes: 'ab' } },
  ]) {
    assert.equal(parseContentToWindow(message), null, JSON.stringify(message));
  }
  assert.equal(parseContentToWindow({ type: 'lost', code: 'PIN_WRONG' }).code, 'INTERRUPTED');
});

test('of a command the known fields pass, and those that are not there stay away', () => {
  const { command } = parseContentToWindow({ type: 'command', command: { ...sign, password: '1234', documents: [{ ...sign.documents[0], path: '/etc/passwd' }], hashes: [{ name: 'h', module: 'x' }, null] } });
  assert.deepEqual(command, { type: 'sign', documents: sign.documents, hashes: [{ name: 'h' }, {}] });
  assert.deepEqual(parseContentToWindow({ type: 'command', command: { type: 'get-certificate', filter: 7 } }).command, { type: 'get-certificate', filter: {} });
});
