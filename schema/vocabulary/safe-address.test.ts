import { expect, test } from 'vitest';
import { isPublicAddress, nothingAllowed, parseEgressAllowed, refuseTarget, refuseUrl } from './safe-address.ts';

const loopback = parseEgressAllowed('127.0.0.0/8, ::1/128');

test.each([
  ['loopback', ['127.0.0.1', '127.255.255.254', '::1']],
  ['unspecified', ['0.0.0.0', '0.1.2.3', '::']],
  ['RFC 1918', ['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.255.255']],
  ['shared by carriers', ['100.64.0.1', '100.127.255.255']],
  ['link-local, where clouds keep credentials', ['169.254.169.254', '169.254.0.1', 'fe80::1', 'febf::1']],
  ["a cloud's own server", ['168.63.129.16']],
  ['unique local and site-local', ['fc00::1', 'fd00:ec2::254', 'fdff::1', 'fec0::1']],
  ['IPv4-mapped', ['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8', '0:0:0:0:0:ffff:a00:1']],
  ['IPv4-compatible', ['::127.0.0.1', '::7f00:1', '::8.8.8.8']],
  ['NAT64', ['64:ff9b::7f00:1', '64:ff9b::8.8.8.8', '64:ff9b:1::1']],
  ['6to4', ['2002:7f00:1::', '2002:a00:1::1', '2002:808:808::']],
  ['Teredo, ORCHID and other assignments', ['2001::1', '2001:0:7f00:1::', '2001:10::1', '2001:20::1', '2001:2::1']],
  ['multicast and broadcast', ['224.0.0.1', '239.255.255.250', '255.255.255.255', 'ff02::1', 'ff0e::1']],
  [
    'reserved',
    ['240.0.0.1', '192.0.0.8', '192.88.99.1', '198.18.0.1', '198.19.255.255', '100::1', '4000::1', 'e000::1'],
  ],
  ['documentation', ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1']],
  ['with a zone', ['fe80::1%eth0', '2600::1%eth0', '8.8.8.8%1']],
  ['no address', ['', 'localhost', '127.1', '0x7f.0.0.1', '2130706433', '8.8.8.8 ', '08.8.8.8', '8.8.8.8.', '[::1]']],
])('A13: %s is not of the public internet', (_what, addresses) => {
  expect(addresses.filter(isPublicAddress)).toEqual([]);
});

test('addresses next to what is set apart are public', () => {
  const public4 = ['8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255'];
  const more4 = ['128.0.0.0', '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '192.167.255.255'];
  const rest = ['198.17.255.255', '198.20.0.0', '223.255.255.255', '2600::1', '2001:200::1', '2a00:1450::1', '3ffe::1'];
  const all = [...public4, ...more4, ...rest];
  expect(all.filter((address) => !isPublicAddress(address))).toEqual([]);
});

test.each([
  ['https://partner.example/haken', undefined],
  ['https://partner.example:443/haken?x=1', undefined],
  ['https://8.8.8.8/', undefined],
  ['https://[2600::1]/', undefined],
  ['', 'NOT_A_URL'],
  ['/haken', 'NOT_A_URL'],
  ['https://256.1.1.1/', 'NOT_A_URL'],
  ['https://[fe80::1%25eth0]/', 'NOT_A_URL'],
  ['file:///etc/passwd', 'SCHEME_NOT_ALLOWED'],
  ['gopher://partner.example/', 'SCHEME_NOT_ALLOWED'],
  ['ftp://partner.example/', 'SCHEME_NOT_ALLOWED'],
  ['unix:/var/run/docker.sock', 'SCHEME_NOT_ALLOWED'],
  ['data:text/plain,x', 'SCHEME_NOT_ALLOWED'],
  ['http://partner.example/', 'SCHEME_NOT_ALLOWED'],
  ['http://8.8.8.8/', 'SCHEME_NOT_ALLOWED'],
  ['https://user@partner.example/', 'CREDENTIALS_IN_URL'],
  ['https://:secret@partner.example/', 'CREDENTIALS_IN_URL'],
  ['https://partner.example@127.0.0.1/', 'CREDENTIALS_IN_URL'],
  ['https://partner.example:8443/', 'PORT_NOT_ALLOWED'],
  ['https://partner.example:80/', 'PORT_NOT_ALLOWED'],
  ['https://8.8.8.8:5432/', 'PORT_NOT_ALLOWED'],
  ['https://127.0.0.1/', 'ADDRESS_NOT_PUBLIC'],
  ['https://2130706433/', 'ADDRESS_NOT_PUBLIC'],
  ['https://0x7f.1/', 'ADDRESS_NOT_PUBLIC'],
  ['https://0x7f000001/', 'ADDRESS_NOT_PUBLIC'],
  ['https://017700000001/', 'ADDRESS_NOT_PUBLIC'],
  ['https://0177.0.0.01/', 'ADDRESS_NOT_PUBLIC'],
  ['https://127.1/', 'ADDRESS_NOT_PUBLIC'],
  ['https://127.0.0.1./', 'ADDRESS_NOT_PUBLIC'],
  ['https://%31%32%37.0.0.1/', 'ADDRESS_NOT_PUBLIC'],
  ['https://１２７.0.0.1/', 'ADDRESS_NOT_PUBLIC'],
  ['https://①②⑦.0.0.1/', 'ADDRESS_NOT_PUBLIC'],
  ['https://0/', 'ADDRESS_NOT_PUBLIC'],
  ['https://[::]/', 'ADDRESS_NOT_PUBLIC'],
  ['https://[::1]/', 'ADDRESS_NOT_PUBLIC'],
  ['https://[::ffff:127.0.0.1]/', 'ADDRESS_NOT_PUBLIC'],
  ['https://[::ffff:a9fe:a9fe]/', 'ADDRESS_NOT_PUBLIC'],
  ['https://[64:ff9b::a9fe:a9fe]/', 'ADDRESS_NOT_PUBLIC'],
  ['https://169.254.169.254/latest/meta-data/', 'ADDRESS_NOT_PUBLIC'],
  ['https://2852039166/', 'ADDRESS_NOT_PUBLIC'],
])('A13: of the URL %s is said: %s', (url, refusal) => {
  expect(refuseUrl(url, nothingAllowed)).toBe(refusal);
});

test('A13: one bad address among those of a name is enough, and a name without any is refused', () => {
  const url = new URL('https://partner.example/');
  expect(refuseTarget(url, ['8.8.8.8', '2600::1'], nothingAllowed)).toBeUndefined();
  expect(refuseTarget(url, ['8.8.8.8', '127.0.0.1'], nothingAllowed)).toBe('ADDRESS_NOT_PUBLIC');
  expect(refuseTarget(url, [], nothingAllowed)).toBe('ADDRESS_NOT_PUBLIC');
});

test('an allowed network takes http and any port, and opens nothing else', () => {
  expect(refuseUrl('http://127.0.0.1:4321/haken', loopback)).toBeUndefined();
  expect(refuseUrl('http://[::1]:4321/', loopback)).toBeUndefined();
  expect(refuseUrl('http://localhost:4321/', loopback)).toBeUndefined();
  expect(refuseTarget(new URL('http://localhost:4321/'), ['127.0.0.1', '::1'], loopback)).toBeUndefined();

  expect(refuseUrl('https://10.0.0.1/', loopback)).toBe('ADDRESS_NOT_PUBLIC');
  expect(refuseUrl('https://[::ffff:127.0.0.1]/', loopback)).toBe('ADDRESS_NOT_PUBLIC');
  expect(refuseUrl('http://u:p@127.0.0.1/', loopback)).toBe('CREDENTIALS_IN_URL');
  expect(refuseTarget(new URL('https://x.example/'), ['127.0.0.1', '10.0.0.1'], loopback)).toBe('ADDRESS_NOT_PUBLIC');
  expect(refuseTarget(new URL('http://x.example/'), ['127.0.0.1', '8.8.8.8'], loopback)).toBe('SCHEME_NOT_ALLOWED');
  expect(refuseTarget(new URL('https://x.example:8443/'), ['8.8.8.8'], loopback)).toBe('PORT_NOT_ALLOWED');
});

test('allowed networks are read whole or not at all', () => {
  expect(parseEgressAllowed(undefined)).toBe(nothingAllowed);
  expect(parseEgressAllowed(' , ')).toBe(nothingAllowed);
  for (const wrong of [
    '127.0.0.1',
    '127.0.0.0/33',
    '::1/129',
    'localhost/8',
    '127.0.0.0/8,x',
    '127.1/8',
    '10.0.0.0/-1',
  ])
    expect(() => parseEgressAllowed(wrong), wrong).toThrow('expected networks such as 127.0.0.0/8');
});
