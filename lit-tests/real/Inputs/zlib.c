// libz.a at work: every level and strategy, raw, zlib and gzip framing, small
// windows, streaming in odd pieces, dictionaries, gz files, damaged input, and
// checksums with published answers.
#include "workload.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

static int failures;
static void check(int ok, const char *what) {
  if (!ok) {
    failures++;
    fprintf(stderr, "zlib: %s\n", what);
  }
}

enum { maxSize = 120000 };
static unsigned char data[maxSize], packed[maxSize * 2], back[maxSize + 16];

// Text with repeats, a run, a ramp and noise: all the block types.
static void fill(unsigned size) {
  static const char *words[] = {"patch ",  "slot ", "pad ",    "site\n",
                                "entry, ", "the ",  "linker ", "."};
  unsigned r = 12345, i = 0;
  while (i < size) {
    r = r * 1103515245 + 12345;
    const char *w = words[r >> 29];
    unsigned kind = i * 8 / size;
    if (kind == 2)
      data[i++] = 'A';
    else if (kind == 4)
      data[i++] = r >> 16;
    else if (kind == 5)
      data[i] = i / 3, i++;
    else
      while (*w && i < size)
        data[i++] = *w++;
  }
}

// Packs and unpacks `size` bytes in pieces of `step`.
static void roundTrip(FILE *out, int level, int bits, int memory, int strategy,
                      unsigned size, unsigned step, int flush) {
  z_stream z = {0};
  check(deflateInit2(&z, level, Z_DEFLATED, bits, memory, strategy) == Z_OK,
        "deflateInit2");
  unsigned done = 0, made = 0;
  int rc = Z_OK;
  while (rc != Z_STREAM_END) {
    unsigned n = size - done < step ? size - done : step;
    z.next_in = data + done, z.avail_in = n;
    done += n;
    do {
      z.next_out = packed + made, z.avail_out = step < 64 ? 64 : step;
      unsigned room = z.avail_out;
      rc = deflate(&z, done == size ? Z_FINISH : flush);
      made += room - z.avail_out;
    } while (rc == Z_OK && z.avail_out == 0);
    if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
      break;
  }
  check(rc == Z_STREAM_END, "deflate");
  deflateEnd(&z);

  z_stream u = {0};
  check(inflateInit2(&u, bits) == Z_OK, "inflateInit2");
  unsigned got = 0, used = 0;
  do {
    unsigned n = made - used < step ? made - used : step;
    u.next_in = packed + used, u.avail_in = n;
    u.next_out = back + got, u.avail_out = size + 16 - got;
    rc = inflate(&u, Z_NO_FLUSH);
    used += n - u.avail_in;
    got = size + 16 - u.avail_out;
  } while (rc == Z_OK);
  inflateEnd(&u);
  check(rc == Z_STREAM_END && got == size && !memcmp(data, back, size),
        "inflate");
  fprintf(out, "%d %d %d %d %u/%u: %u crc %08lx\n", level, bits, memory,
          strategy, size, step, made, crc32(0, packed, made));
}

static void checksums(FILE *out) {
  const Bytef *digits = (const Bytef *)"123456789";
  check(crc32(0, digits, 9) == 0xcbf43926, "crc32 known answer");
  check(adler32(1, (const Bytef *)"Wikipedia", 9) == 0x11e60398,
        "adler32 known answer");
  for (unsigned n = 0; n < 70; n += 3)
    for (unsigned at = 0; at < 9; at++) {
      unsigned long whole = crc32(crc32(0, 0, 0), data + at, n * 5);
      unsigned long two = crc32_combine(crc32(0, data + at, n),
                                        crc32(0, data + at + n, n * 4), n * 4);
      check(whole == two, "crc32_combine");
      unsigned long a = adler32(adler32(1, data + at, n), data + at + n, n * 4);
      check(a == adler32_combine(adler32(1, data + at, n),
                                 adler32(1, data + at + n, n * 4), n * 4),
            "adler32_combine");
    }
  fprintf(out, "crc %08lx adler %08lx\n", crc32(0, data, maxSize),
          adler32(1, data, maxSize));
}

static void dictionary(FILE *out) {
  z_stream z = {0};
  deflateInit(&z, 9);
  deflateSetDictionary(&z, data, 3000);
  uLong dict = z.adler;
  z.next_in = data + 500, z.avail_in = 2000;
  z.next_out = packed, z.avail_out = sizeof packed;
  z_stream twin;
  check(deflateCopy(&twin, &z) == Z_OK, "deflateCopy");
  deflateEnd(&twin);
  check(deflate(&z, Z_FINISH) == Z_STREAM_END, "dictionary deflate");
  deflateEnd(&z);
  z_stream u = {0};
  inflateInit(&u);
  u.next_in = packed, u.avail_in = z.total_out;
  u.next_out = back, u.avail_out = 2000;
  check(inflate(&u, Z_FINISH) == Z_NEED_DICT && u.adler == dict, "need dict");
  inflateSetDictionary(&u, data, 3000);
  check(inflate(&u, Z_FINISH) == Z_STREAM_END, "dictionary inflate");
  check(!memcmp(back, data + 500, 2000), "dictionary data");
  inflateEnd(&u);
  fprintf(out, "dictionary %08lx %lu\n", dict, z.total_out);
}

// Every byte of a small stream damaged in turn: the same verdict each time.
static void damage(FILE *out) {
  uLongf n = sizeof packed;
  check(compress2(packed, &n, data, 900, 9) == Z_OK, "compress2");
  check(n <= compressBound(900), "compressBound");
  int verdicts[8] = {0};
  for (unsigned i = 0; i < n; i++) {
    packed[i] ^= 0x21;
    uLongf got = 1000;
    verdicts[-uncompress(back, &got, packed, n)]++;
    packed[i] ^= 0x21;
  }
  fprintf(out, "damage: data %d buf %d ok %d dict %d\n",
          verdicts[-Z_DATA_ERROR], verdicts[-Z_BUF_ERROR], verdicts[0],
          verdicts[2]);
  // inflateSync finds the next flush point behind damage.
  z_stream z = {0};
  deflateInit(&z, 6);
  z.next_in = data, z.avail_in = 5000;
  z.next_out = packed, z.avail_out = sizeof packed;
  deflate(&z, Z_FULL_FLUSH);
  uLong firstEnd = z.total_out;
  z.next_in = data + 5000, z.avail_in = 5000;
  deflateParams(&z, 1, Z_HUFFMAN_ONLY);
  deflate(&z, Z_FINISH);
  deflateEnd(&z);
  packed[firstEnd / 2] ^= 0xff;
  packed[2] = 0x07; // An invalid block type.
  z_stream u = {0};
  inflateInit(&u);
  u.next_in = packed, u.avail_in = z.total_out;
  u.next_out = back, u.avail_out = sizeof back;
  check(inflate(&u, Z_NO_FLUSH) == Z_DATA_ERROR, "damaged");
  check(inflateSync(&u) == Z_OK, "inflateSync");
  int rc = inflate(&u, Z_NO_FLUSH);
  fprintf(out, "sync: %d %lu %s\n", rc, u.total_out, u.msg ? u.msg : "-");
  inflateEnd(&u);
}

static unsigned pull(void *at, unsigned char **buffer) {
  unsigned char **p = at;
  *buffer = *p;
  *p += 100;
  return 100;
}
static int push(void *at, unsigned char *from, unsigned n) {
  unsigned *got = at;
  memcpy(back + *got, from, n);
  *got += n;
  return 0;
}

static void callbacks(FILE *out) {
  z_stream z = {0};
  deflateInit2(&z, 7, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
  z.next_in = data, z.avail_in = 60000;
  z.next_out = packed, z.avail_out = sizeof packed;
  check(deflate(&z, Z_FINISH) == Z_STREAM_END, "raw deflate");
  deflateEnd(&z);
  static unsigned char window[32768];
  unsigned char *from = packed;
  unsigned got = 0;
  z_stream u = {0};
  inflateBackInit(&u, 15, window);
  int rc = inflateBack(&u, pull, &from, push, &got);
  inflateBackEnd(&u);
  check(rc == Z_STREAM_END && got == 60000 && !memcmp(back, data, got),
        "inflateBack");
  fprintf(out, "inflateBack %u\n", got);
}

static void gzFile_(FILE *out) {
  char path[] = "/tmp/hotpad-zlib-XXXXXX";
  int fd = mkstemp(path);
  gzFile f = gzdopen(fd, "wb6");
  for (int i = 0; i < 50; i++)
    gzprintf(f, "line %d of %s\n", i, "the file");
  gzputs(f, "last\n");
  gzputc(f, 'x');
  gzsetparams(f, 1, Z_FILTERED);
  gzwrite(f, data, 30000);
  gzflush(f, Z_SYNC_FLUSH);
  gzseek(f, 1000, SEEK_CUR);
  check(gzclose(f) == Z_OK, "gzclose");
  f = gzopen(path, "rb");
  char line[64];
  for (int i = 0; i < 51; i++)
    gzgets(f, line, sizeof line);
  check(!strcmp(line, "last\n"), "gzgets");
  check(gzgetc(f) == 'x' && gzungetc('y', f) == 'y' && gzgetc(f) == 'y',
        "gzgetc");
  check(gzread(f, back, 30000) == 30000 && !memcmp(back, data, 30000),
        "gzread");
  gzseek(f, 5, SEEK_SET);
  gzgets(f, line, 5);
  int left = 0, n;
  while ((n = gzread(f, back, 5000)) > 0)
    left += n;
  fprintf(out, "gz %s %ld %d %d\n", line, (long)gztell(f), left, gzeof(f));
  gzclose(f);
  unlink(path);
}

int workload(FILE *out, int quick) {
  failures = 0;
  unsigned size = quick ? 6000 : maxSize;
  fill(maxSize);
  checksums(out);
  fill(size);
  for (int level = -1; level <= 9; level += quick ? 2 : 1)
    for (int strategy = 0; strategy <= Z_FIXED; strategy += 1)
      roundTrip(out, level,
                level % 3 == 0   ? 31
                : level % 3 == 1 ? -15
                                 : 15,
                1 + (level + 5 * strategy + 2) % 9, strategy, size, size,
                Z_NO_FLUSH);
  for (int bits = 9; bits <= 15; bits++)
    roundTrip(out, 6, bits, 8, 0, size, 997 + bits, bits & 1);
  roundTrip(out, 4, 15, 9, 0, 3000, 1, Z_NO_FLUSH);
  roundTrip(out, 8, 31, 9, 0, 5000, 100, Z_SYNC_FLUSH);
  roundTrip(out, 2, -15, 1, 0, 5000, 700, Z_PARTIAL_FLUSH);
  roundTrip(out, 0, 15, 9, 0, 0, 1, Z_BLOCK);
  fill(maxSize);
  dictionary(out);
  damage(out);
  callbacks(out);
  gzFile_(out);
  fprintf(out, "zlib %s: %d failures\n", zlibVersion(), failures);
  return failures != 0;
}
