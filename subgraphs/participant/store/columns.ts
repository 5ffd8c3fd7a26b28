/** For `SELECT ${columns} FROM …`: the rows come out with the names that the program uses. */
export function columns(names: readonly string[]): string {
  return names.map((name) => `${snake(name)} AS "${name}"`).join(', ');
}

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
