/** Server-sent events out of bytes, as the HTML standard says (section 9.2.6), without what this client has no use for. */
export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
}

/** More than this in one event is no stream of this hub. */
const eventCharactersMax = 8_000_000;

export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = '';
  let event = '';
  let data: string[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
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
        const [, field, content = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
        if (field === 'event') event = content;
        else if (field === 'data') data.push(content);
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
