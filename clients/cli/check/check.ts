/**
 * `kortelijn check`: judges any participant's endpoint over HTTP, as the hub would meet it, and says of each rule of
 * the contract whether the endpoint keeps it. It knows nothing of how the endpoint is made.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { isParticipantId } from '@kortelijn/schema/vocabulary/ids.ts';
import { allChecks } from './checks/all-checks.ts';
import { contractHash } from './checks/contract.ts';
import { createExamined, type Examined, type ExaminedOptions } from './examined.ts';
import { exitCodeOf, exitCodes, printJudgement, printVerdict, reportBytes, reportOf } from './report.ts';
import { type Judgement, runChecks } from './run-checks.ts';
import { readPrivateKeys, readPublicKeys } from './trust.ts';

export interface CheckCommand {
  readonly url: string;
  /** The endpoint's name: the participant's id. */
  readonly name: string;
  /** A file with the hub's private keys. */
  readonly keys: string;
  /** A file with the participant's public keys. */
  readonly participantKeys: string;
  readonly write?: boolean;
  /** A party that the endpoint finds ACTIVE in the directory, and a file with its private keys. */
  readonly sender?: string;
  readonly senderKeys?: string;
  readonly subject?: string;
  readonly service?: string;
  readonly report?: string;
  readonly json?: boolean;
}

export interface Output {
  /** What is asked for: the table, or the report as JSON. */
  readonly write: (line: string) => void;
  /** What goes along with it. */
  readonly tell: (line: string) => void;
}

const toConsole: Output = { write: console.log, tell: console.error };

export async function check(command: CheckCommand, output: Output = toConsole): Promise<number> {
  let options: ExaminedOptions;
  try {
    options = await optionsOf(command);
  } catch (error) {
    output.tell((error as Error).message);
    return exitCodes.wrongUse;
  }
  const endpoint = createExamined(options);
  const unreachable = await reach(endpoint);
  if (unreachable !== undefined) {
    output.tell(`Expected an endpoint at ${command.url}; ${unreachable}. Nothing was judged.`);
    return exitCodes.notJudged;
  }
  const at = new Date().toISOString();
  const say = (judgement: Judgement) => (command.json ? undefined : output.write(printJudgement(judgement)));
  const judgements = await runChecks(endpoint, allChecks, say);
  const report = reportOf({ endpoint: options.name, url: command.url, at, contract: contractHash() }, judgements);
  if (command.report !== undefined) await writeFile(command.report, reportBytes(report));
  output.write(command.json ? reportBytes(report).toString('utf8') : printVerdict(report));
  return exitCodeOf(report);
}

/** The first word to the endpoint is one that it refuses, and still tells its time. */
async function reach(endpoint: Examined): Promise<string | undefined> {
  try {
    const refused = await endpoint.ask(endpoint.desk, '{ __typename }', {}, { without: ['assertion', 'seal'] });
    endpoint.learnClock(refused);
    return undefined;
  } catch (error) {
    const { message, cause } = error as Error;
    return cause instanceof Error ? `${message}: ${cause.message}` : message;
  }
}

async function optionsOf(command: CheckCommand): Promise<ExaminedOptions> {
  const { url, name, write = false, sender, senderKeys, subject, service } = command;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new Error(`Expected the endpoint's address, such as https://example.org/graphql; found "${url}".`);
  }
  if (!isParticipantId(name))
    throw new Error(`Expected the participant's id as --name, such as linde; found "${name}".`);
  if ((sender === undefined) !== (senderKeys === undefined)) {
    throw new Error('Expected --sender and --sender-keys together: who sends envelopes, and with which keys.');
  }
  return {
    url,
    name,
    hubKeys: readPrivateKeys(await jsonIn(command.keys)),
    participantKeys: readPublicKeys(await jsonIn(command.participantKeys)),
    mayWrite: write,
    sender:
      sender === undefined || senderKeys === undefined
        ? undefined
        : { name: sender, key: readPrivateKeys(await jsonIn(senderKeys)).sign },
    subject,
    service,
  };
}

async function jsonIn(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new Error(`Expected a JSON file of keys at ${file}: ${(cause as Error).message}`, { cause });
  }
}
