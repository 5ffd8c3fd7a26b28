/** How much one request may ask, the same at every door; and how much one caller may keep open. */
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
  /** What one event of a subscription may cost. */
  readonly streamCostMax: number;
  /** A subscription is paid for when it begins: as much as this many events. */
  readonly streamEventCountPaid: number;
  /** Sockets and event streams open at one time, and those of one person or program. */
  readonly connectionCountMax: number;
  readonly connectionCountMaxPerCaller: number;
  /** Sockets whose caller has not said who it is. */
  readonly strangerCountMax: number;
  readonly strangerTimeoutMs: number;
  /** Operations open at one time on one socket. */
  readonly operationCountMaxPerConnection: number;
  /** Messages and pings that a socket may send at once, and how many come back each second; long ones count for more. */
  readonly messageBurst: number;
  readonly messagesPerSecond: number;
  readonly fragmentCountMax: number;
  /** No more results are fetched for a connection while more than this lies unread. */
  readonly unreadBytesMax: number;
  /** So long may more than that lie unread before the connection is closed. */
  readonly unreadTimeoutMs: number;
  /** The token of a connection is verified again so often: a participant that is suspended loses its streams by then. */
  readonly verifyEveryMs: number;
  /** A socket that gives no sign of life for so long, though it is asked for one, is cut off. */
  readonly silenceMaxMs: number;
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
  streamCostMax: 2_000,
  streamEventCountPaid: 100,
  connectionCountMax: 20_000,
  connectionCountMaxPerCaller: 100,
  strangerCountMax: 1_000,
  strangerTimeoutMs: 3_000,
  operationCountMaxPerConnection: 50,
  messageBurst: 150,
  messagesPerSecond: 20,
  fragmentCountMax: 1_000,
  unreadBytesMax: 256 * 1_024,
  unreadTimeoutMs: 30_000,
  verifyEveryMs: 60_000,
  silenceMaxMs: 75_000,
};
