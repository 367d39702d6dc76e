import { describe, expect, test } from 'vitest'
import { deviceInMail, momentInMail, placeInMail } from '../../src/mail/words.ts'

/** Devices, places and instants as mails name them. */

describe('a device', () => {
  test.each([
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36',
      'Chrome on Windows',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36 Edg/143.0.0.0',
      'Edge on Windows',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
      'Safari on macOS',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/143.0 Mobile/15E148 Safari/604.1',
      'Chrome on iPhone',
    ],
    [
      'Mozilla/5.0 (Linux; Android 16; SM-S931B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36',
      'Samsung Internet on Android',
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox on Linux'],
    ['Firefox on Windows', 'Firefox on Windows'],
    ['Defeah/1.0 (iPad)', 'iPad'],
    ['curl/8.5.0', 'an unknown device'],
    [null, 'an unknown device'],
  ])('%s', (userAgent, words) => {
    expect(deviceInMail(userAgent)).toBe(words)
  })
})

test.each([
  ['DE', 'Germany'],
  ['US', 'United States'],
  ['XX', 'an unknown place'],
  ['T1', 'an unknown place'],
  [null, 'an unknown place'],
  ['Berlin, Germany', 'Berlin, Germany'],
  ['see https://evil.example', 'an unknown place'],
])('the place %s is %s', (place, words) => {
  expect(placeInMail(place)).toBe(words)
})

test('an instant is told in its zone, across the change of the clocks, and in UTC where the zone is unknown', () => {
  expect(momentInMail('2026-10-25T00:30:00Z', 'Europe/Berlin')).toBe('25 October 2026 at 02:30 (Europe/Berlin)')
  expect(momentInMail('2026-10-25T01:30:00Z', 'Europe/Berlin')).toBe('25 October 2026 at 02:30 (Europe/Berlin)')
  expect(momentInMail('2026-10-25T23:30:00Z', 'Asia/Tokyo')).toBe('26 October 2026 at 08:30 (Asia/Tokyo)')
  expect(momentInMail('2026-10-25T00:05:00Z', 'Mars/Olympus')).toBe('25 October 2026 at 00:05 (UTC)')
  expect(() => momentInMail('never', 'UTC')).toThrow(RangeError)
})
