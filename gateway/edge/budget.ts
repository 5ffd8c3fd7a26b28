/**
 * What each caller may still spend. A budget fills by the second up to its size; who has spent it waits, others do not.
 */
export interface Spent {
  readonly ok: boolean;
  readonly remaining: number;
  /** When what was asked would be there; 0 when it is. */
  readonly retryAfterSeconds: number;
}

export interface BudgetOptions {
  readonly budget: number;
  readonly budgetPerSecond: number;
  readonly now: () => number;
  /** Who has the fullest budget is forgotten first: that loses nothing. */
  readonly callerCountMax?: number;
}

export type Spend = (caller: string, cost: number) => Spent;

export function createBudgets({ budget, budgetPerSecond, now, callerCountMax = 10_000 }: BudgetOptions): Spend {
  const accounts = new Map<string, { left: number; atMs: number }>();
  const fill = (account: { left: number; atMs: number }): void => {
    const seconds = Math.max(0, now() - account.atMs) / 1_000;
    account.left = Math.min(budget, account.left + seconds * budgetPerSecond);
    account.atMs = now();
  };
  const forget = (): void => {
    for (const [caller, account] of accounts) {
      fill(account);
      if (account.left >= budget) accounts.delete(caller);
    }
    const oldest = accounts.keys().next().value;
    if (accounts.size >= callerCountMax && oldest !== undefined) accounts.delete(oldest);
  };
  return (caller, cost) => {
    let account = accounts.get(caller);
    if (account === undefined) {
      if (accounts.size >= callerCountMax) forget();
      account = { left: budget, atMs: now() };
      accounts.set(caller, account);
    }
    fill(account);
    if (account.left < cost) {
      const retryAfterSeconds = Math.ceil((Math.min(cost, budget) - account.left) / budgetPerSecond);
      return { ok: false, remaining: Math.floor(account.left), retryAfterSeconds };
    }
    account.left -= cost;
    return { ok: true, remaining: Math.floor(account.left), retryAfterSeconds: 0 };
  };
}
