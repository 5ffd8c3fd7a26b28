/**
 * Where this network may send on somebody else's word: the address of a webhook, of an endpoint, of a set of keys.
 *
 * Without a rule a party could have the hub knock at doors that only the hub can reach. So: `https:` at port 443 of
 * addresses of the public internet. Whoever runs the hub may allow networks of his own; there any port and `http:`
 * will do. Pure: looking a name up is the caller's work, and so is connecting to the very address that was judged.
 */
import { BlockList, isIP } from 'node:net';

/** Networks that are allowed although they are not public, as EGRESS_ALLOW lists them. */
export interface EgressAllowed {
  readonly text: string;
  includes(address: string): boolean;
}

export type UrlRefusal =
  | 'NOT_A_URL'
  | 'SCHEME_NOT_ALLOWED'
  | 'CREDENTIALS_IN_URL'
  | 'PORT_NOT_ALLOWED'
  | 'ADDRESS_NOT_PUBLIC';

/** What the internet registries set apart: nothing there is a partner's server (RFC 6890 and its successors). */
const reserved4 = [
  ['0.0.0.0', 8], // this network; 0.0.0.0 reaches the host itself
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // shared by carriers
  ['127.0.0.0', 8],
  ['168.63.129.16', 32], // the platform's own server in one large cloud, on an address that looks public
  ['169.254.0.0', 16], // link-local; clouds keep a machine's credentials at 169.254.169.254
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16],
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
] as const;

/**
 * Of IPv6 only 2000::/3 is given out; the rest holds loopback, unspecified, link-local, site-local, unique local,
 * multicast, IPv4-mapped and -compatible, and NAT64. Of what is given out, these are not a partner's either.
 */
const reserved6 = [
  ['2001::', 23], // Teredo, ORCHID, benchmarks and other protocol assignments
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4: an IPv4 address in disguise
  ['3fff::', 20], // documentation
] as const;

const givenOut6 = new BlockList();
givenOut6.addSubnet('2000::', 3, 'ipv6');
const reserved = new BlockList();
for (const [network, bits] of reserved4) reserved.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of reserved6) reserved.addSubnet(network, bits, 'ipv6');

/** Whether an address, as a name server gives it or a URL holds it, is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  // A zone (`fe80::1%eth0`) only ever names something near.
  if (address.includes('%')) return false;
  switch (isIP(address)) {
    case 4:
      return !reserved.check(address, 'ipv4');
    case 6:
      return givenOut6.check(address, 'ipv6') && !reserved.check(address, 'ipv6');
    default:
      return false;
  }
}

export const nothingAllowed: EgressAllowed = { text: '', includes: () => false };

/** Reads EGRESS_ALLOW: networks with their length, with commas between them, such as `127.0.0.0/8,::1/128`. */
export function parseEgressAllowed(text: string | undefined): EgressAllowed {
  const networks = (text ?? '')
    .split(',')
    .map((network) => network.trim())
    .filter(Boolean);
  if (networks.length === 0) return nothingAllowed;
  // Apart, because a list that holds IPv4 networks also matches the IPv6 addresses that stand for them.
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const network of networks) {
    const [, address = '', length = ''] = /^([0-9a-f.:]+)\/(\d{1,3})$/i.exec(network) ?? [];
    const family = isIP(address);
    if (family === 0 || Number(length) > (family === 4 ? 32 : 128)) {
      throw new Error(`expected networks such as 127.0.0.0/8 with commas between them, found "${network}"`);
    }
    const kind = family === 4 ? 'ipv4' : 'ipv6';
    lists[kind].addSubnet(address, Number(length), kind);
  }
  return {
    text: networks.join(','),
    includes: (address) => {
      const family = address.includes('%') ? 0 : isIP(address);
      const kind = family === 4 ? 'ipv4' : 'ipv6';
      return family !== 0 && lists[kind].check(address, kind);
    },
  };
}

/** What is wrong with the URL as it is written; undefined when only looking its host up can tell. */
export function refuseUrl(text: string, allowed: EgressAllowed): UrlRefusal | undefined {
  if (!URL.canParse(text)) return 'NOT_A_URL';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'SCHEME_NOT_ALLOWED';
  if (url.username !== '' || url.password !== '') return 'CREDENTIALS_IN_URL';
  const address = addressIn(url);
  if (address !== undefined) return refuseTarget(url, [address], allowed);
  // A name may lead into an allowed network; where none is allowed, the scheme and the port are wrong already.
  return allowed === nothingAllowed ? refuseAtPublic(url) : undefined;
}

/** What is wrong with going to these addresses for this URL: one bad address is enough. */
export function refuseTarget(url: URL, addresses: readonly string[], allowed: EgressAllowed): UrlRefusal | undefined {
  if (addresses.length > 0 && addresses.every(allowed.includes)) return undefined;
  const isPublic = addresses.length > 0 && addresses.every((one) => isPublicAddress(one) || allowed.includes(one));
  return isPublic ? refuseAtPublic(url) : 'ADDRESS_NOT_PUBLIC';
}

/** The address that stands in the URL itself; the URL parser has made decimal, octal and hexadecimal ones plain. */
export function addressIn({ hostname }: URL): string | undefined {
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return isIP(host) === 0 ? undefined : host;
}

function refuseAtPublic(url: URL): UrlRefusal | undefined {
  if (url.protocol !== 'https:') return 'SCHEME_NOT_ALLOWED';
  return url.port === '' || url.port === '443' ? undefined : 'PORT_NOT_ALLOWED';
}
