/** Items between the line and whoever reads them: bounded, and a heartbeat that nobody has read gives way to the next. */
export interface WaitingItems<Item> {
  readonly isFull: boolean;
  /** At most half full. */
  readonly hasRoom: boolean;
  put(item: Item, isHeartbeat: boolean): void;
  take(): Item | undefined;
  clear(): void;
}

const countMax = 1_000;

export function createWaitingItems<Item>(): WaitingItems<Item> {
  let items: { readonly item: Item; readonly isHeartbeat: boolean }[] = [];
  let from = 0;
  return {
    get isFull() {
      return items.length - from >= countMax;
    },
    get hasRoom() {
      return items.length - from <= countMax / 2;
    },
    put(item, isHeartbeat) {
      const last = items.length - 1;
      if (isHeartbeat && last >= from && items[last]?.isHeartbeat) items[last] = { item, isHeartbeat };
      else items.push({ item, isHeartbeat });
    },
    take() {
      const found = items[from]?.item;
      from += 1;
      if (from >= items.length) {
        items = [];
        from = 0;
      }
      return found;
    },
    clear() {
      items = [];
      from = 0;
    },
  };
}
