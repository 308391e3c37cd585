import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeText, html, raw, toText } from './html.ts';

test('whatever a value holds, it cannot leave its element or its attribute', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const escaped = escapeText(text);
      expect(escaped).not.toMatch(/[<>"']/);
      expect(escaped.replace(/&(?:amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
    }),
  );
});

test('values are escaped, markup and lists of it are not escaped twice', () => {
  const items = ['<b>', 'x & y'].map((item) => html`<li>${item}</li>`);
  expect(toText(html`<i title="${'"><script>'}">${items}</i>`)).toBe(
    '<i title="&quot;&gt;&lt;script&gt;"><li>&lt;b&gt;</li><li>x &amp; y</li></i>',
  );
});

test('nothing, false and an absent value print nothing; zero prints', () => {
  expect(toText(html`<p>${null}${undefined}${false}${0}${raw('<br>')}</p>`)).toBe('<p>0<br></p>');
});

test('indentation of the template is dropped, what a value holds stays', () => {
  const page = html`<ul>
    <li>${'a\n  b'}</li>
  </ul>`;
  expect(toText(page)).toBe('<ul>\n<li>a\n  b</li>\n</ul>');
});

test('a value in an attribute without quotes is our own mistake', () => {
  expect(() => html`<p title=${'x'}></p>`).toThrow(TypeError);
});

test('characters that XML cannot carry, and lone surrogates, are replaced', () => {
  expect(escapeText('a\u0000\u001b\ud800z')).toBe('a\ufffd\ufffd\ufffdz');
});
