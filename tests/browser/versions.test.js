/** A host of another version than the extension: the popup says which half is older and how it is updated. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { ROOT, manifest } from './driver.js';
import { inBrowsers, it } from './harness.js';
import { words } from './screen.js';

/** What a host of version 0.1 says: its greeting, and a list of certificates. */
const SAID = readFileSync(path.join(ROOT, 'tests/transcripts/0.1/from_host.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
const GREETING = SAID.find(({ reply }) => reply?.type === 'hello').reply;
const LISTING = SAID.find(({ reply }) => reply?.keys?.length).reply;
const OWNER = 'Somebody of version 0.1';
LISTING.keys[0].view.owner = OWNER;

/** A host that greets as it is told, lists what version 0.1 listed, and knows no other command. @param {object} greeting */
const program = (greeting) => `#!${process.execPath}
const replies = ${JSON.stringify({ hello: greeting, 'list-certificates': LISTING })};
let input = Buffer.alloc(0);
process.stdin.on('data', (more) => {
  input = Buffer.concat([input, more]);
  while (input.length >= 4 && input.length >= 4 + input.readUInt32LE(0)) {
    const length = input.readUInt32LE(0);
    const { id, command } = JSON.parse(input.subarray(4, 4 + length));
    input = input.subarray(4 + length);
    const reply = replies[command?.type];
    say(reply ? { type: 'reply', id, reply } : { type: 'failed', id, failure: { code: 'REQUEST_MALFORMED' } });
  }
});
function say(message) {
  const json = Buffer.from(JSON.stringify(message));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  process.stdout.write(Buffer.concat([length, json]));
}
`;

inBrowsers('another version', [], (world) => {
  /** @param {object} greeting */
  function install(greeting) {
    const file = world.name === 'firefox'
      ? path.join(world.browser.home, '.mozilla/native-messaging-hosts/org.tamga.host.json')
      : path.join(world.browser.profile, 'NativeMessagingHosts/org.tamga.host.json');
    world.browser.register();
    const host = path.join(world.browser.home, 'host');
    writeFileSync(host, program(greeting));
    chmodSync(host, 0o755);
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), path: host }));
  }

  it('a host as it was in version 0.1 is understood', async () => {
    install({ ...GREETING, version: manifest().version });
    const popup = await world.browser.extensionPage('popup/popup.html');
    await popup.reads(words('host_ready', { version: manifest().version }));
    await popup.reads(OWNER);
  });

  it('a host that is too old is named with what updates it', async () => {
    install({ ...GREETING, version: '0.0.1', package: 'deb' });
    const popup = await world.browser.extensionPage('popup/popup.html');
    await popup.reads(words('error_HOST_OUTDATED'));
    await popup.reads(words('update_deb'));
  });

  it('with a newer host the extension is named, and works', async () => {
    install({ ...GREETING, version: '99.0', tomorrows: true, protocols: { oldest: 1, newest: 7 } });
    const popup = await world.browser.extensionPage('popup/popup.html');
    await popup.reads(words('error_EXTENSION_OUTDATED'));
    await popup.reads(words('help_EXTENSION_OUTDATED'));
    await popup.reads(OWNER);
  });

  it('a host of later protocols alone does not work, and the extension is named', async () => {
    install({ ...GREETING, version: '99.0', protocol: 7, protocols: { oldest: 6, newest: 7 } });
    const popup = await world.browser.extensionPage('popup/popup.html');
    await popup.reads(words('error_EXTENSION_OUTDATED'));
    await popup.reads(words('host_failed'));
  });
}, { registered: false });
