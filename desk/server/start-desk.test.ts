import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { type WordsFile } from '@zajil/format';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { DeskState } from '../api.ts';
import { Contact, Shelf, founded, freshFolder, opened, passphrase, startMs } from '../newsroom.rig.ts';
import { type DeskOptions, startDesk } from './start-desk.ts';

const film: WordsFile = { kind: 'video', type: 'video/mp4', name: 'film.mp4', bytes: 300_000 };
const original = new Uint8Array(300_000).map((_, i) => (i * 11) & 255);

class Browser {
  readonly base: string;
  readonly key: string;
  cookie = '';

  constructor(url: string) {
    const [base = '', key = ''] = url.split('/#');
    this.base = base;
    this.key = key;
  }

  async ask(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.#keep(await fetch(this.base + path, { headers: { cookie: this.cookie, ...headers } }));
  }

  async tell(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const all = { 'content-type': 'application/json', cookie: this.cookie, ...headers };
    return this.#keep(await fetch(this.base + path, { method: 'POST', headers: all, body: JSON.stringify(body) }));
  }

  #keep(response: Response): Response {
    const cookie = response.headers.getSetCookie()[0]?.split(';')[0];
    if (cookie) this.cookie = cookie;
    return response;
  }
}

async function started(options: DeskOptions): Promise<Browser> {
  const desk = await startDesk({ now: () => startMs, ...options });
  onTestFinished(async () => desk.stop());
  return new Browser(desk.url);
}

async function signedIn(folder: string, more: Partial<DeskOptions> = {}): Promise<Browser> {
  const browser = await started({ folder, passphrase, ...more });
  await browser.tell('/api/session', { key: browser.key });
  return browser;
}

/** A newsroom that has filed one whole film. */
async function withFilm(): Promise<{ folder: string; id: string }> {
  const folder = await founded();
  const newsroom = await opened(folder);
  const shelf = await new Shelf().start();
  await newsroom.invite({ relay: shelf.base, label: '', plain: false });
  const contact = new Contact(folder);
  shelf.put(...(await contact.words([film])), ...(await contact.whole(original, 'video/mp4')));
  await newsroom.collect();
  const id = (await newsroom.exhibits())[0]?.id ?? '';
  await newsroom.lock();
  return { folder, id };
}

/** `fetch` does not let a test choose the Host. */
async function statusWith(base: string, headers: Record<string, string>, path = '/api/state'): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(base + path, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on('error', reject).end();
  });
}

describe('who may speak to the desk', () => {
  test('gets a session for the one-time key, once', async () => {
    const browser = await started({ folder: await founded(), passphrase });
    expect(((await (await browser.ask('/api/state')).json()) as DeskState).newsroom).toBeNull();
    expect((await browser.ask('/api/exhibits')).status).toBe(401);
    expect((await browser.tell('/api/session', { key: `${browser.key.slice(0, -1)}!` })).status).toBe(401);
    const answer = await browser.tell('/api/session', { key: browser.key });
    expect(answer.headers.getSetCookie()[0]).toMatch(/HttpOnly; SameSite=Strict$/);
    expect((await browser.ask('/api/exhibits')).status).toBe(200);
    expect((await browser.tell('/api/session', { key: browser.key })).status).toBe(401);
  });

  test('is nobody under another name than that of this machine', async () => {
    const browser = await signedIn(await founded());
    const port = new URL(browser.base).port;
    for (const host of ['evil.example', `evil.example:${port}`, `127.0.0.1.evil.example:${port}`, '127.0.0.1:1'])
      expect(await statusWith(browser.base, { host, cookie: browser.cookie }, '/api/exhibits'), host).toBe(401);
    expect(await statusWith(browser.base, { host: `localhost:${port}`, cookie: browser.cookie }, '/api/exhibits')).toBe(200);
  });

  test('is no foreign page, even with the cookie', async () => {
    const browser = await signedIn(await founded());
    expect((await browser.tell('/api/lock', {}, { origin: 'http://evil.example' })).status).toBe(401);
    expect((await browser.tell('/api/lock', {}, { origin: 'null' })).status).toBe(401);
    expect((await browser.tell('/api/lock', {}, { 'sec-fetch-site': 'cross-site' })).status).toBe(401);
    expect((await browser.tell('/api/lock', {}, { 'content-type': 'text/plain' })).status).toBe(400);
    expect((await browser.tell('/api/lock', {}, { origin: browser.base })).status).toBe(200);
  });

  test('listens on this machine only', async () => {
    await expect(startDesk({ folder: await freshFolder(), host: '0.0.0.0' })).rejects.toMatchObject({ code: 'DESK_ADDRESS' });
  });

  test('is told to keep nothing, of any answer', async () => {
    const { folder, id } = await withFilm();
    const browser = await signedIn(folder);
    for (const path of ['/', '/api/state', '/api/exhibits', `/api/media/${id}/0/whole/0`, '/api/nothing', '/api/exhibits/nothing2']) {
      const { headers } = await browser.ask(path);
      expect(headers.get('cache-control'), path).toBe('no-store');
      expect(headers.get('content-security-policy'), path).toContain("default-src 'none'");
    }
  });
});

describe('the life of a desk', () => {
  test('begins unfounded, gives eight words once, locks and unlocks', { timeout: 120_000 }, async () => {
    const folder = await freshFolder();
    const browser = await started({ folder, relay: 'http://127.0.0.1:9/' });
    expect(await (await browser.ask('/api/state')).json()).toMatchObject({ state: 'unfounded', session: false });
    const answer = (await (await browser.tell('/api/found', { name: 'River', member: 'Nadia' })).json()) as {
      passphrase: string;
      state: DeskState;
    };
    expect(answer.passphrase.split(' ')).toHaveLength(8);
    expect(answer.state).toMatchObject({
      state: 'open',
      session: true,
      newsroom: { title: 'River', suggestedRelay: 'http://127.0.0.1:9', canPress: false },
    });
    expect((await browser.tell('/api/found', { name: 'River', member: '' })).status).toBe(409);
    expect(await (await browser.tell('/api/lock', {})).json()).toMatchObject({ state: 'locked', session: false });
    expect((await browser.ask('/api/exhibits')).status).toBe(401);
    const mistyped = await browser.tell('/api/unlock', { passphrase: answer.passphrase.slice(0, -1) });
    expect([mistyped.status, await mistyped.json()]).toMatchObject([422, { code: 'KEYS_MISTYPED' }]);
    expect(await (await browser.tell('/api/unlock', { passphrase: answer.passphrase })).json()).toMatchObject({
      state: 'open',
      session: true,
    });
    expect((await browser.tell('/api/press', {})).status).toBe(422);
  });

  test('invites with a picture of the address', async () => {
    const browser = await signedIn(await founded());
    const shelf = await new Shelf().start();
    const answer = await (await browser.tell('/api/invitations', { label: 'one', relay: shelf.base, plain: false })).json();
    expect(answer).toMatchObject({ reached: true, message: '', url: expect.stringContaining('/#'), qr: expect.stringMatching(/^<svg/) });
    expect(await (await browser.ask('/api/invitations')).json()).toMatchObject([{ label: 'one', relay: shelf.base }]);
    const refused = await browser.tell('/api/invitations', { label: '', relay: 'http://relay.example', plain: false });
    expect(await refused.json()).toMatchObject({ code: 'DESK_PLAIN_HTTP' });
  });

  test('collects by itself and tells the screen', async () => {
    const folder = await founded();
    const browser = await signedIn(folder);
    const shelf = await new Shelf().start();
    await browser.tell('/api/invitations', { label: '', relay: shelf.base, plain: false });
    const events = (await browser.ask('/api/events')).body?.pipeThrough(new TextDecoderStream()).getReader();
    shelf.put(...(await new Contact(folder).words()));
    let seen = '';
    while (!seen.includes('"kind":"exhibits"')) seen += (await events?.read())?.value ?? '';
    await events?.cancel();
    expect(seen).toContain('"kind":"state"');
    expect(await (await browser.ask('/api/exhibits')).json()).toHaveLength(1);
  });

  test('shows its screen', async () => {
    const folder = await freshFolder();
    await writeFile(join(folder, 'page.html'), '<!doctype html><title>Desk</title>');
    const browser = await started({ folder, ui: join(folder, 'page.html') });
    const page = await browser.ask('/');
    expect([page.headers.get('content-type'), await page.text()]).toEqual([
      'text/html; charset=utf-8',
      '<!doctype html><title>Desk</title>',
    ]);
  });
});

describe('what is looked at', () => {
  test('is sent by ranges, and only as what a browser shows', async () => {
    const { folder, id } = await withFilm();
    const browser = await signedIn(folder);
    const path = `/api/media/${id}/0/whole/0`;
    const whole = await browser.ask(path);
    expect([whole.status, whole.headers.get('content-type'), whole.headers.get('content-length')]).toEqual([200, 'video/mp4', '300000']);
    expect(Buffer.from(await whole.arrayBuffer()).equals(original)).toBe(true);
    const part = await browser.ask(path, { range: 'bytes=1000-1999' });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 1000-1999/300000']);
    expect(Buffer.from(await part.arrayBuffer()).equals(original.subarray(1000, 2000))).toBe(true);
    const tail = await browser.ask(path, { range: 'bytes=-5' });
    expect(Buffer.from(await tail.arrayBuffer()).equals(original.subarray(-5))).toBe(true);
    expect((await browser.ask(path, { range: 'bytes=300000-' })).status).toBe(416);
    expect((await browser.ask(`/api/media/${id}/0/cut/0`)).status).toBe(404);
    expect((await browser.ask(`/api/media/${id}/0/tally/0`)).status).toBe(404);
    expect((await browser.ask('/api/media/..%2f..%2fkeys/0/whole/0')).status).toBe(404);
  });

  test('is refused when it is asked for wrongly', async () => {
    const browser = await signedIn(await founded());
    expect((await browser.tell('/api/releases', { exhibit: 'x' })).status).toBe(400);
    expect((await browser.tell('/api/releases', { exhibit: 'nothing2', title: 'T', language: 'en', media: 'full', body: '' })).status).toBe(
      404,
    );
    expect((await browser.tell('/api/unlock', { passphrase: 'x'.repeat(70_000) })).status).toBe(413);
  });
});
