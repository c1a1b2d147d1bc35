// Writes production's 4,709 images into a folder: `node images.cjs images [how many]`. A front page for each row of book_images, and thumbnails.
const { mkdirSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

const [folder = 'images', count = '4709'] = process.argv.slice(2);
for (let n = 1; n <= Number(count); n++) {
  const key = n <= 900 ? `books/${n}/front page ü.jpg` : `thumbnails/${n - 900}.jpg`;
  const file = join(folder, key);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${key}\n`.repeat(1 + (n % 40)));
}
