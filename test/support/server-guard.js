// Outlives whoever started it by a moment: when its standard input closes, because that one ended in whatever way, it ends every server and program
// in a folder, and removes the folder.
import { clearForgotten, clearRoot, ownRoot } from './test-root.js';

const [root] = process.argv.slice(2);
ownRoot(root);
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.stdin.resume();
process.stdin.on('end', () => {
  clearRoot(root);
  process.exit();
});
clearForgotten(root);
