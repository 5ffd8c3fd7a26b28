/**
 * Cuts the bytes of an event stream into events, as the HTML standard reads them (§9.2.6). What is not needed here is
 * skipped: comments, ids, times to retry. An event is bounded while it comes in, not when it is whole.
 */
export interface StreamEvent {
  readonly event: string;
  readonly data: string;
}

export interface StreamEvents {
  /** The events that became whole with this chunk; throws when one is longer than allowed. */
  take(chunk: Uint8Array): readonly StreamEvent[];
}

export function createStreamEvents(eventLengthMax: number): StreamEvents {
  const decoder = new TextDecoder();
  /** The line that is not whole yet, in pieces: many small chunks are joined once. */
  let pieces: string[] = [];
  let event = 'message';
  let data: string[] = [];
  /** Of everything since the last event. */
  let length = 0;
  let endedWithReturn = false;

  const add = (piece: string): void => {
    pieces.push(piece);
    length += piece.length;
    if (length > eventLengthMax) {
      throw new Error(`Expected events of at most ${eventLengthMax} characters, found a longer one.`);
    }
  };
  const takeLine = (): StreamEvent | undefined => {
    const line = pieces.join('');
    pieces = [];
    if (line === '') {
      const whole = data.length > 0 ? { event, data: data.join('\n') } : undefined;
      event = 'message';
      data = [];
      length = 0;
      return whole;
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') event = value;
    if (field === 'data') data.push(value);
    return undefined;
  };

  return {
    take(chunk) {
      const whole: StreamEvent[] = [];
      let text = decoder.decode(chunk, { stream: true });
      if (text === '') return whole;
      // A line end of two characters may be cut in two.
      if (endedWithReturn && text.startsWith('\n')) text = text.slice(1);
      endedWithReturn = text.endsWith('\r');
      let start = 0;
      for (const { 0: lineEnd, index } of text.matchAll(/\r\n|\n|\r/g)) {
        add(text.slice(start, index));
        start = index + lineEnd.length;
        const complete = takeLine();
        if (complete !== undefined) whole.push(complete);
      }
      add(text.slice(start));
      return whole;
    },
  };
}
