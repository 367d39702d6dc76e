/** The client's address: CF-Connecting-IP alone, since a caller can write any other header. */
export const clientAddress = (request: Request): string | undefined =>
  request.headers.get('CF-Connecting-IP') ?? undefined

/** The network an address belongs to, as the database keeps it: IPv4 /24, IPv6 /48; null when it is no address. */
export function truncatedAddress(address: string | undefined): string | null {
  if (address === undefined) return null
  const v4 = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address)
  if (v4 !== null) return v4.slice(1).every((part) => Number(part) <= 255) ? `${v4[1]}.${v4[2]}.${v4[3]}.0/24` : null
  const groups = ipv6Groups(address)
  return groups === undefined ? null : `${groups.slice(0, 3).join(':')}::/48`
}

/**
 * The network that acts as one client: an IPv4 address, or the IPv6 /64 that a single household has; null when it is no
 * address. Personal data: it is only counted under a keyed hash, and neither stored nor logged.
 */
export function clientNetwork(address: string | undefined): string | null {
  if (address === undefined) return null
  const v4 = ipv4Of(address)
  if (v4 !== undefined) return v4.join('.')
  const groups = ipv6Groups(address)
  return groups === undefined ? null : `${groups.slice(0, 4).join(':')}::/64`
}

/** The four parts of an IPv4 address, also of one that is written as IPv6 (RFC 4291, section 2.5.5.2). */
function ipv4Of(address: string): number[] | undefined {
  const match = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/i.exec(address)
  const parts = match?.slice(1).map(Number)
  return parts?.every((part) => part <= 255) ? parts : undefined
}

/** The eight groups of an IPv6 address (RFC 4291, section 2.2), as short hex. */
function ipv6Groups(address: string): string[] | undefined {
  if (!URL.canParse(`http://[${address}]`)) return undefined
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = '', tail] = canonical.split('::')
  const left = head === '' ? [] : head.split(':')
  if (tail === undefined) return left
  const right = tail === '' ? [] : tail.split(':')
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right]
}
