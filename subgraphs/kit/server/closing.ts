/**
 * What a service has opened, to be closed in reverse: at its end, or when a later step of its start fails. One that
 * does not close does not keep the others open. (AsyncDisposableStack, which Node 20 does not have.)
 */
export interface Closing {
  defer(close: () => unknown): void;
  close(): Promise<void>;
}

export function createClosing(): Closing {
  const opened: (() => unknown)[] = [];
  let closed: Promise<void> | undefined;
  const closeAll = async () => {
    const failures: unknown[] = [];
    for (const close of opened.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new AggregateError(failures, 'several parts did not close');
  };
  return {
    defer: (close) => void opened.push(close),
    close: () => (closed ??= closeAll()),
  };
}
