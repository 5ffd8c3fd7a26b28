/**
 * Measures how deep JSON nests while its bytes come in, so that a deep answer is cut off before it is parsed:
 * parsing five megabytes of brackets costs a hundred in objects. Short answers are not worth the look: the parser
 * does not recurse, and nobody reads deeper than what was asked.
 */
export interface JsonDepth {
  /** False as soon as the text nests deeper than allowed. */
  take(chunk: Uint8Array): boolean;
}

const quote = 0x22;
const backslash = 0x5c;

export const depthMeasuredFromBytes = 65_536;

export function createJsonDepth(depthMax: number): JsonDepth {
  let depth = 0;
  let isInString = false;
  let isEscaped = false;
  return {
    take(chunk) {
      const { length } = chunk;
      for (let index = 0; index < length; index += 1) {
        const byte = chunk[index] as number;
        if (isInString) {
          if (isEscaped) isEscaped = false;
          else if (byte === backslash) isEscaped = true;
          else if (byte === quote) isInString = false;
        } else if (byte === quote) {
          isInString = true;
        } else if ((byte | 0x20) === 0x7b) {
          // "[" is 0x5b and "{" is 0x7b: they differ in one bit, as do "]" and "}".
          depth += 1;
          if (depth > depthMax) return false;
        } else if ((byte | 0x20) === 0x7d) {
          depth -= 1;
        }
      }
      return true;
    },
  };
}
