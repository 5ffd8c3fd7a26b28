/** Server-sent events out of bytes, as the HTML standard says (section 9.2.6), without what this client has no use for. */
export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
}

/** More than this in one event is no stream of this hub. */
const eventCharactersMax = 8_000_000;

export async function* readEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  let event = '';
  let data: string[] = [];
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    if (rest.length > eventCharactersMax) {
      throw new Error(`Expected events of at most ${eventCharactersMax} characters, got a longer one.`);
    }
    // A carriage return at the end may be the first half of a line end.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0 || event !== '') yield { event: event || 'message', data: data.join('\n') };
        event = '';
        data = [];
        continue;
      }
      const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
      if (field === 'event') event = value;
      else if (field === 'data') data.push(value);
    }
  }
}
