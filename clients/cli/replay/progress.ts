/** Progress on standard error: share, rate over the last seconds, time left. */
const everyMs = 5_000;

export function progress(total: number, say: (line: string) => void) {
  const startedAt = Date.now();
  let done = 0;
  let doneBefore = 0;
  const timer = setInterval(() => {
    const rate = (done - doneBefore) / (everyMs / 1000);
    doneBefore = done;
    const left = rate === 0 ? '–' : `${Math.ceil((total - done) / rate)} s left`;
    say(`  ${done} of ${total} events (${((100 * done) / total).toFixed(1)} %), ${rate.toFixed(0)} a second, ${left}`);
  }, everyMs);
  return {
    tick: () => void done++,
    /** Answers the seconds it took. */
    end: (): number => {
      clearInterval(timer);
      return (Date.now() - startedAt) / 1000;
    },
  };
}
