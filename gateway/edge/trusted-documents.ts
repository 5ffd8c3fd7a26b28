/**
 * The documents that programs registered: `{ "<client id>": { "<sha256 of the document>": "<document>" } }`.
 *
 * A program that stands in the manifest may send those and nothing else, by id or as text. A hash proves nothing by
 * itself: a document of one program is unknown to another, and nobody registers one by sending it.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export type TrustedDocuments = ReadonlyMap<string, ReadonlyMap<string, string>>;

export function documentHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function readTrustedDocuments(file: string): TrustedDocuments {
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const problems: string[] = [];
  const programs = new Map<string, ReadonlyMap<string, string>>();
  for (const [program, documents] of Object.entries(content as Record<string, Record<string, string>>)) {
    for (const [hash, text] of Object.entries(documents)) {
      if (documentHash(text) !== hash) problems.push(`${program}: expected the SHA-256 of its document, found ${hash}`);
    }
    programs.set(program, new Map(Object.entries(documents)));
  }
  if (problems.length > 0) throw new Error(`${file}: ${problems.join('; ')}`);
  return programs;
}
