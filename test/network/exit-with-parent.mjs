// Preloaded into every process of the constellation: when the parent is gone, its end of standard input closes,
// and a process that nobody can stop any more stops itself. A plain module, since it runs before TypeScript does.
process.stdin.on('error', () => {});
process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM'));
process.stdin.resume();
process.stdin.unref?.();
