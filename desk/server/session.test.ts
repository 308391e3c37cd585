import { expect, test } from 'vitest';
import { Sessions, formatCookie } from './session.ts';

const port = 8461;

test('a cookie goes to the desk and its own doors only, since every port of the address would get it', () => {
  expect(formatCookie('x', port)).toContain('; Path=/api;');
});

test('another cookie of the same name, set by a page on another port, does not hide the right one', () => {
  const sessions = new Sessions();
  const token = sessions.begin();
  const cookies = `zajil-desk-${port}=planted; zajil-desk-${port}=${token}`;
  expect(sessions.isOpen(cookies, port)).toBe(true);
  expect(sessions.isOpen(`zajil-desk-${port}=planted`, port)).toBe(false);
});
