import type { Context } from '../context.ts'
import { isAddress, isPublicAddress } from './addresses.ts'
import { OutboundRefusal } from './refusal.ts'

/** Names that lead nowhere public, whatever DNS says (IANA, Special-Use Domain Names; `internal` by ICANN, 2024). */
const closedDomains = [
  'alt',
  'arpa',
  'example',
  'home',
  'internal',
  'intranet',
  'invalid',
  'lan',
  'local',
  'localdomain',
  'localhost',
  'onion',
  'test',
]

const maxUrlLength = 4_096

/** The URL, when one may ask there at all; `base` for one that is relative. Throws an OutboundRefusal. */
export function checkUrl(publicUrl: string, url: string, base?: URL): URL {
  const parsed = url.length > maxUrlLength ? null : URL.parse(url, base)
  if (parsed === null) throw new OutboundRefusal('url', 'It is no URL.')
  if (parsed.protocol !== 'https:') throw new OutboundRefusal('url', 'Only https is fetched.')
  if (parsed.username !== '' || parsed.password !== '')
    throw new OutboundRefusal('url', 'A URL may hold no credentials.')
  if (parsed.port !== '') throw new OutboundRefusal('url', 'Only port 443 is asked.')
  if (isAddress(parsed.hostname)) throw new OutboundRefusal('url', 'The host must be a name, not an address.')
  if (isClosed(parsed.hostname, publicUrl)) throw new OutboundRefusal('url', 'This host is not asked.')
  parsed.hash = ''
  return parsed
}

/** Throws an OutboundRefusal unless each address of the host is public: any of them may be the one that is asked. */
export async function checkAddresses(resolve: Context['resolve'], { hostname }: URL): Promise<void> {
  const addresses = await resolve(hostname)
  if (addresses === undefined || addresses.length === 0)
    throw new OutboundRefusal('unresolved', 'The name of the host has no address.')
  if (!addresses.every(isPublicAddress))
    throw new OutboundRefusal('address', 'The name of the host leads to an address that is not public.')
}

function isClosed(hostname: string, publicUrl: string): boolean {
  const name = hostname.replace(/\.$/, '')
  const labels = name.split('.')
  return (
    labels.length < 2 ||
    labels.includes('') ||
    closedDomains.includes(labels.at(-1) ?? '') ||
    name === new URL(publicUrl).hostname
  )
}
