/** How much one request may ask. The same at every door. */
export interface Limits {
  readonly bodyBytesMax: number;
  readonly documentCharactersMax: number;
  readonly tokenCountMax: number;
  readonly depthMax: number;
  readonly rootFieldCountMax: number;
  /** Fields once every fragment is spread; an alias makes a field of its own. */
  readonly fieldCountMax: number;
  readonly rootMutationCountMax: number;
  readonly directiveCountMax: number;
  readonly variableCountMax: number;
  /** Values inside all variables together. */
  readonly variableValueCountMax: number;
  readonly variableDepthMax: number;
  readonly costMax: number;
  /** What one caller can spend at once, and what it gets back per second. */
  readonly budget: number;
  readonly budgetPerSecond: number;
  /** Requests in work at one time; beyond it callers are told to wait. */
  readonly requestCountMax: number;
}

export const defaultLimits: Limits = {
  bodyBytesMax: 1_000_000,
  documentCharactersMax: 100_000,
  tokenCountMax: 5_000,
  depthMax: 20,
  rootFieldCountMax: 50,
  fieldCountMax: 500,
  rootMutationCountMax: 10,
  directiveCountMax: 100,
  variableCountMax: 100,
  variableValueCountMax: 2_000,
  variableDepthMax: 10,
  costMax: 100_000,
  budget: 5_000_000,
  budgetPerSecond: 100_000,
  requestCountMax: 512,
};
