/**
 * Compares two endpoint cursors as their bytes compare, without decoding them: base64url digits stand for six bits
 * each, so the first that differs decides, by its value and not by its place in ASCII.
 */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const digitOf = new Int8Array(128).fill(-1);
for (let value = 0; value < alphabet.length; value += 1) digitOf[alphabet.charCodeAt(value)] = value;

export function compareCursors(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return (digitOf[left] as number) - (digitOf[right] as number);
  }
  return a.length - b.length;
}
