/**
 * Aliases under which the hub asks an endpoint for what it needs itself. They never leave the hub; documents of
 * callers that use the prefix are refused, so that the two cannot meet.
 */
export const privatePrefix = '__k_';

export const privateAlias = {
  id: `${privatePrefix}id`,
  cursor: `${privatePrefix}cursor`,
  edges: `${privatePrefix}edges`,
  page: `${privatePrefix}page`,
  head: `${privatePrefix}head`,
  bins: `${privatePrefix}bins`,
  key: (field: string) => `${privatePrefix}key_${field}`,
  after: (rootIndex: number) => `${privatePrefix}after_${rootIndex}`,
} as const;
