/** `kortelijn tail`: a stream of the hub, line by line. Items go to standard output, everything else to standard error. */
import { once } from 'node:events';
import { KortelijnError } from '@kortelijn/sdk';
import { follow, type LineState, WrongUse } from './follow.ts';
import { tokenSource } from './log-in.ts';
import { painter, printFeeds, printItem } from './print-item.ts';
import { openResumeFile } from './resume-file.ts';
import { type StreamItem, type StreamName, streams } from './streams.ts';

export interface TailOptions {
  /** The hub's origin or its GraphQL address. */
  readonly hub: string;
  readonly stream: StreamName;
  readonly participants?: readonly string[];
  readonly json: boolean;
  readonly resume?: string;
  readonly token?: string;
  readonly programs?: string;
  readonly program?: string;
  readonly as?: string;
  readonly demoIdentities: string;
}

export const exitCodes = { stopped: 0, refused: 1, wrongUse: 2 } as const;

/** Runs until it is stopped, or the hub says no for good. */
export async function tail(options: TailOptions): Promise<number> {
  const prepared = prepare(options);
  if (typeof prepared === 'string') {
    console.error(prepared);
    return exitCodes.wrongUse;
  }
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  // Whoever reads has gone (`| head`): that is no failure.
  process.stdout.once('error', stop);

  const terminal = createTerminal(options.json);
  try {
    const items = follow({ ...prepared.following, signal: stopping.signal, onLine: terminal.line });
    for await (const item of items) {
      await terminal.item(item);
      if (items.cursor !== undefined) prepared.resume?.save(items.cursor);
    }
    return exitCodes.stopped;
  } catch (error) {
    terminal.say(explain(error, options));
    return error instanceof WrongUse ? exitCodes.wrongUse : exitCodes.refused;
  } finally {
    terminal.end();
    process.removeListener('SIGINT', stop);
    process.removeListener('SIGTERM', stop);
  }
}

/** What was asked for, checked before anything is sent; or what is wrong with it. */
function prepare(options: TailOptions) {
  const stream = streams[options.stream];
  const participants = options.participants ?? [];
  try {
    if (participants.length > 0 && !stream.takesParticipants) {
      throw new Error(`The stream "${options.stream}" cannot be narrowed: leave --participants out.`);
    }
    const token = tokenSource(options);
    const resume =
      options.resume === undefined
        ? undefined
        : openResumeFile(options.resume, { stream: options.stream, participants });
    const following = {
      url: graphqlAddress(options.hub),
      stream,
      participants: participants.length === 0 ? undefined : participants,
      after: resume?.cursor,
      token,
    };
    return { following, resume };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function graphqlAddress(hub: string): string {
  if (!URL.canParse(hub))
    throw new Error(`Expected --hub with an address such as http://localhost:4000, found ${hub}.`);
  const url = new URL(hub);
  if (url.pathname === '/') url.pathname = '/graphql';
  return url.href;
}

/** Where lines go. On a terminal the last heartbeat stands below them and is written over. */
function createTerminal(json: boolean) {
  const { stdout, stderr } = process;
  const wantsColour = (stream: { isTTY?: boolean }) => stream.isTTY === true && !process.env.NO_COLOR;
  const colour = wantsColour(stdout);
  const paint = painter(wantsColour(stderr));
  const isLive = stderr.isTTY === true && !json;
  let below = '';
  let lastFeeds = '';
  const erase = () => {
    if (below !== '') stderr.write('\r\u001b[K');
    below = '';
  };
  const say = (line: string) => {
    erase();
    stderr.write(`${line}\n`);
  };
  const print = async (line: string) => {
    erase();
    if (!stdout.write(`${line}\n`)) await Promise.race([once(stdout, 'drain'), once(stdout, 'close')]);
  };
  const heartbeat = ({ feeds = [] }: StreamItem) => {
    const line = printFeeds(feeds, paint);
    if (isLive) {
      erase();
      below = line;
      stderr.write(line);
      return;
    }
    // In a log only what changes: who is silent, and who is back.
    const states = feeds.map(({ participant, registry, state }) => `${participant.id} ${registry} ${state}`).join();
    if (states !== lastFeeds) say(line);
    lastFeeds = states;
  };
  return {
    say,
    end: erase,
    item: async (item: StreamItem) => {
      if (json) await print(JSON.stringify(item));
      else if (item.__typename === 'Heartbeat') heartbeat(item);
      else await print(printItem(item, { colour }));
    },
    line: (state: LineState) => {
      if (state.kind === 'open') return say(paint('dim', 'Watching.'));
      say(paint('yellow', `${state.why} Trying again in ${(state.delayMs / 1000).toFixed(1)} s.`));
    },
  };
}

function explain(error: unknown, { resume }: TailOptions): string {
  if (!(error instanceof KortelijnError)) return error instanceof Error ? error.message : String(error);
  if (error.code === 'TOKEN_EXPIRED') {
    return 'The token has expired: give a fresh --token, or log in with --programs, which renews by itself.';
  }
  if (error.said === undefined) return error.message;
  const said = `The hub says ${error.said}: ${error.message}`;
  if (error.code.includes('CURSOR') && resume !== undefined) {
    return `${said} The place in ${resume} is of no use any more: remove the file to begin from now.`;
  }
  return said;
}
