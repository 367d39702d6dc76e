import ipaddr from 'ipaddr.js'

/** Which addresses belong to the public Internet, by the IANA registries of special-purpose addresses (RFC 6890). */

/** All that is allotted for it so far (RFC 4291, 2.4). */
const globalUnicast = ipaddr.IPv6.parse('2000::')
const globalUnicastBits = 3

/**
 * What embeds an IPv4 address (mapped, NAT64, 6to4, Teredo) is not public, whatever it embeds: nobody has to publish a
 * file there.
 */
export function isPublicAddress(text: string): boolean {
  // Nothing but the form that DNS gives.
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return false
  const address = ipaddr.parse(text)
  if (address.range() !== 'unicast') return false
  return address.kind() === 'ipv4' || address.match(globalUnicast, globalUnicastBits)
}

/** Whether the host of a parsed URL is an address. The parser has turned all forms into these: `0x7f.1` is 127.0.0.1. */
export const isAddress = (hostname: string): boolean => ipaddr.isValid(hostname.replace(/^\[(.*)\]$/, '$1'))
