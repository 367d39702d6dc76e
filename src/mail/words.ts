/** What strangers and machines have written, made fit for a mail. */

/** Controls, marks that turn text around, and whatever a mail program would make a link of. */
const unfit = /[\p{Cc}\u202a-\u202e\u2066-\u2069:/\\@<>]|www\.|[\p{L}\p{N}][.\u3002\uff0e\uff61]\p{L}{2,}/iu
const maxNameChars = 100

/**
 * A name as it may stand in a mail, or undefined. People register with the addresses of others and name themselves and
 * their workspaces as they like: our mails must not carry their advertisements and links to strangers.
 */
export function nameInMail(name: string): string | undefined {
  const trimmed = name.trim()
  return trimmed === '' || trimmed.length > maxNameChars || unfit.test(trimmed) ? undefined : trimmed
}

/** The first that fits is what it is called: products name their forebears too. */
const browsers = [
  [/Edg(e|A|iOS)?\b/, 'Edge'],
  [/OPR|Opera/, 'Opera'],
  [/SamsungBrowser/, 'Samsung Internet'],
  [/Firefox|FxiOS/, 'Firefox'],
  [/Chrome|CriOS|Chromium/, 'Chrome'],
  [/Safari/, 'Safari'],
] as const
const systems = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/CrOS/, 'ChromeOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh|macOS/, 'macOS'],
  [/Linux/, 'Linux'],
] as const

/** `Firefox on Windows`: what is known of a user agent, and nothing that it says itself. */
export function deviceInMail(userAgent: string | null): string {
  const known = (list: readonly (readonly [RegExp, string])[]) =>
    list.find(([pattern]) => pattern.test(userAgent ?? ''))?.[1]
  return [known(browsers), known(systems)].filter((part) => part !== undefined).join(' on ') || 'an unknown device'
}

/** A coarse place: the name of a country from its code, anything else as it stands. */
export function placeInMail(place: string | null): string {
  if (place === null || place === 'XX' || place === 'T1') return 'an unknown place'
  if (!/^[A-Z]{2}$/.test(place)) return nameInMail(place) ?? 'an unknown place'
  return new Intl.DisplayNames(['en'], { type: 'region' }).of(place) ?? place
}

/** `24 November 2026 at 14:05 (Europe/Berlin)`; in UTC where the zone is not one that this runtime knows. */
export function momentInMail(instant: string, timeZone: string): string {
  try {
    const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone })
    return `${format.format(new Date(instant))} (${timeZone})`
  } catch (error) {
    if (!(error instanceof RangeError) || timeZone === 'UTC') throw error
    return momentInMail(instant, 'UTC')
  }
}
