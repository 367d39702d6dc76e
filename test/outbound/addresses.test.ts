import { describe, expect, test } from 'vitest'
import { isPublicAddress } from '../../src/outbound/addresses.ts'

/** The first and the last address of each range that is not public, and the neighbours that are. */
const closed: Readonly<Record<string, readonly string[]>> = {
  'this network': ['0.0.0.0', '0.255.255.255'],
  private: ['10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.0.0', '192.168.255.255'],
  'shared by carriers': ['100.64.0.0', '100.127.255.255'],
  loopback: ['127.0.0.0', '127.0.0.1', '127.255.255.255', '::1'],
  'link-local, with the addresses of metadata': [
    '169.254.0.0',
    '169.254.169.254',
    '169.254.255.255',
    'fe80::',
    'febf::1',
  ],
  'protocol assignments': ['192.0.0.0', '192.0.0.255', '2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff'],
  documentation: ['192.0.2.1', '198.51.100.1', '203.0.113.255', '2001:db8::', '2001:db8:ffff::1', '3fff::1'],
  '6to4 relays': ['192.88.99.0', '192.88.99.255'],
  benchmarks: ['198.18.0.0', '198.19.255.255', '2001:2::1'],
  multicast: ['224.0.0.0', '239.255.255.255', 'ff00::', 'ff02::1'],
  reserved: ['240.0.0.0', '255.255.255.254', '255.255.255.255'],
  unspecified: ['::'],
  'unique local': ['fc00::', 'fd00:ec2::254', 'fdff:ffff::1'],
  'site-local': ['fec0::1'],
  'discard only': ['100::1'],
  'IPv4 in IPv6, mapped': ['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8'],
  'IPv4 in IPv6, compatible': ['::127.0.0.1', '::a00:1'],
  'IPv4 in IPv6, translated': ['::ffff:0:127.0.0.1'],
  NAT64: ['64:ff9b::127.0.0.1', '64:ff9b::a00:1', '64:ff9b::8.8.8.8', '64:ff9b:1::a00:1'],
  '6to4': ['2002:7f00:1::', '2002:a00:1::1', '2002:c0a8:1::'],
  Teredo: ['2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  'not allotted': ['4000::1', '8000::1', '1::1'],
  'no address': [
    '',
    'localhost',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '::g',
    '8.8.8.010',
    '0x8.8.8.8',
    '134744072',
    '8.8.8.8 ',
    '10.0.0.1/8',
    '[::1]',
  ],
}

const open = [
  '1.1.1.1',
  '8.8.8.8',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '169.253.255.255',
  '169.255.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '192.0.1.0',
  '192.167.255.255',
  '192.169.0.0',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2001:200::1',
  '2001:db7::1',
  '2001:db9::1',
  '2606:4700:4700::1111',
  '2a00:1450:4001::1',
]

describe('an address that is not public', () => {
  test.each(Object.entries(closed))('%s', (_range, addresses) => {
    expect(addresses.filter(isPublicAddress)).toEqual([])
  })
})

test('an address of the public Internet is', () => {
  expect(open.filter((address) => !isPublicAddress(address))).toEqual([])
})
