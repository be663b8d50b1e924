// libzstd.a at work: every level, long distance matching, several threads,
// streaming in odd pieces, trained and raw dictionaries, damaged frames.
#define ZSTD_STATIC_LINKING_ONLY
#include "workload.h"
#include <stdlib.h>
#include <string.h>
#include <zdict.h>
#include <zstd.h>
#include <zstd_errors.h>

static int failures;
static void check(int ok, const char *what) {
  if (!ok) {
    failures++;
    fprintf(stderr, "zstd: %s\n", what);
  }
}

enum { maxSize = 300000 };
static unsigned char data[maxSize], packed[maxSize + 8192], back[maxSize];

static void fill(void) {
  unsigned r = 2463534242u;
  for (unsigned i = 0; i < maxSize;) {
    r ^= r << 13, r ^= r >> 17, r ^= r << 5;
    unsigned length = 3 + r % 40;
    if (i > 1000 && (r & 0x300))
      for (unsigned from = i - 1 - (r >> 8) % (i - 1); length && i < maxSize;
           length--)
        data[i++] = data[from++];
    else
      for (; length && i < maxSize; length--)
        data[i] = r >> (length % 24) & (i & 4096 ? 0xff : 0x3f), i++;
  }
}

static unsigned sum(const unsigned char *p, size_t n) {
  unsigned h = 2166136261u;
  while (n--)
    h = (h ^ *p++) * 16777619u;
  return h;
}

static void same(size_t got, size_t size, const char *what) {
  check(got == size && !memcmp(back, data, size), what);
}

static void levels(FILE *out, size_t size, int step) {
  for (int level = -5; level <= 19; level += step) {
    size_t n = ZSTD_compress(packed, sizeof packed, data, size, level);
    check(!ZSTD_isError(n), "compress");
    same(ZSTD_decompress(back, sizeof back, packed, n), size, "decompress");
    fprintf(out, "level %d: %zu %08x\n", level, n, sum(packed, n));
  }
}

static void parameters(FILE *out, size_t size) {
  static const struct {
    ZSTD_cParameter p[3];
    int v[3];
  } sets[] = {
      {{ZSTD_c_strategy, ZSTD_c_checksumFlag, ZSTD_c_windowLog},
       {ZSTD_fast, 1, 12}},
      {{ZSTD_c_strategy, ZSTD_c_minMatch, ZSTD_c_hashLog},
       {ZSTD_greedy, 5, 14}},
      {{ZSTD_c_strategy, ZSTD_c_minMatch, ZSTD_c_searchLog},
       {ZSTD_lazy2, 6, 5}},
      {{ZSTD_c_strategy, ZSTD_c_targetLength, ZSTD_c_checksumFlag},
       {ZSTD_btultra2, 64, 1}},
      {{ZSTD_c_enableLongDistanceMatching, ZSTD_c_windowLog,
        ZSTD_c_ldmMinMatch},
       {1, 18, 32}},
      {{ZSTD_c_nbWorkers, ZSTD_c_jobSize, ZSTD_c_checksumFlag}, {2, 524288, 1}},
      {{ZSTD_c_useRowMatchFinder, ZSTD_c_strategy, ZSTD_c_contentSizeFlag},
       {ZSTD_ps_enable, ZSTD_lazy, 0}},
      {{ZSTD_c_format, ZSTD_c_compressionLevel, ZSTD_c_literalCompressionMode},
       {ZSTD_f_zstd1, 3, ZSTD_ps_disable}},
  };
  for (unsigned i = 0; i < sizeof sets / sizeof *sets; i++) {
    ZSTD_CCtx *c = ZSTD_createCCtx();
    for (int k = 0; k < 3; k++)
      ZSTD_CCtx_setParameter(c, sets[i].p[k], sets[i].v[k]);
    size_t n = ZSTD_compress2(c, packed, sizeof packed, data, size);
    check(!ZSTD_isError(n), ZSTD_getErrorName(n));
    same(ZSTD_decompress(back, sizeof back, packed, n), size, "parameters");
    fprintf(out, "set %u: %zu %08x\n", i, n, sum(packed, n));
    ZSTD_freeCCtx(c);
  }
}

static void streaming(FILE *out, size_t size, size_t piece) {
  ZSTD_CStream *c = ZSTD_createCStream();
  ZSTD_initCStream(c, 5);
  ZSTD_outBuffer o = {packed, sizeof packed, 0};
  for (size_t at = 0; at < size; at += piece) {
    ZSTD_inBuffer i = {data + at, size - at < piece ? size - at : piece, 0};
    while (i.pos < i.size)
      ZSTD_compressStream2(c, &o, &i, ZSTD_e_continue);
    if (at / piece % 5 == 4)
      ZSTD_flushStream(c, &o);
  }
  while (ZSTD_endStream(c, &o))
    ;
  ZSTD_freeCStream(c);
  ZSTD_DStream *d = ZSTD_createDStream();
  ZSTD_outBuffer b = {back, 0, 0};
  for (size_t at = 0; at < o.pos; at += 91) {
    ZSTD_inBuffer i = {packed + at, o.pos - at < 91 ? o.pos - at : 91, 0};
    while (i.pos < i.size) {
      b.size = b.pos + 1777 < sizeof back ? b.pos + 1777 : sizeof back;
      size_t rc = ZSTD_decompressStream(d, &b, &i);
      check(!ZSTD_isError(rc), "decompressStream");
      if (ZSTD_isError(rc))
        break;
    }
  }
  for (size_t last = -1; last != b.pos && b.pos < size;) { // The rest of it.
    ZSTD_inBuffer i = {packed, 0, 0};
    last = b.pos;
    b.size = sizeof back;
    ZSTD_decompressStream(d, &b, &i);
  }
  ZSTD_freeDStream(d);
  same(b.pos, size, "streaming");
  fprintf(out, "stream %zu: %zu %08x\n", piece, o.pos, sum(packed, o.pos));
}

static void dictionaries(FILE *out, int quick) {
  enum { samples = 400 };
  static char text[samples * 160];
  size_t sizes[samples], at = 0;
  for (int i = 0; i < samples; i++) {
    sizes[i] =
        sprintf(text + at,
                "{\"id\":%d,\"name\":\"user%d\",\"mail\":\"u%d@example.org"
                "\",\"tags\":[\"t%d\",\"common\"],\"active\":%s}\n",
                i, i * 37 % 101, i * 53 % 97, i % 7, i % 3 ? "true" : "false");
    at += sizes[i];
  }
  static char dict[8192];
  size_t n = ZDICT_trainFromBuffer(dict, quick ? 2048 : sizeof dict, text,
                                   sizes, samples);
  check(!ZDICT_isError(n), "train");
  fprintf(out, "dictionary %zu id %08x sum %08x\n", n, ZDICT_getDictID(dict, n),
          sum((unsigned char *)dict, n));
  for (int level = 1; level <= 19; level += quick ? 6 : 3) {
    ZSTD_CDict *cd = ZSTD_createCDict(dict, n, level);
    ZSTD_DDict *dd = ZSTD_createDDict(dict, n);
    ZSTD_CCtx *c = ZSTD_createCCtx();
    ZSTD_DCtx *d = ZSTD_createDCtx();
    size_t m =
        ZSTD_compress_usingCDict(c, packed, sizeof packed, text, 3000, cd);
    size_t got =
        ZSTD_decompress_usingDDict(d, back, sizeof back, packed, m, dd);
    check(got == 3000 && !memcmp(back, text, 3000), "dictionary data");
    check(ZSTD_isError(ZSTD_decompress(back, sizeof back, packed, m)),
          "dictionary needed");
    fprintf(out, "with dictionary %d: %zu %08x\n", level, m, sum(packed, m));
    ZSTD_freeCCtx(c);
    ZSTD_freeDCtx(d);
    ZSTD_freeCDict(cd);
    ZSTD_freeDDict(dd);
  }
}

static void damage(FILE *out) {
  ZSTD_CCtx *c = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
  size_t n = ZSTD_compress2(c, packed, sizeof packed, data, 1500);
  ZSTD_freeCCtx(c);
  check(ZSTD_getFrameContentSize(packed, n) == 1500, "content size");
  check(ZSTD_findFrameCompressedSize(packed, n) == n, "frame size");
  int errors[ZSTD_error_maxCode] = {0};
  for (size_t i = 0; i < n; i += 3) {
    packed[i] ^= 0x5a;
    size_t rc = ZSTD_decompress(back, sizeof back, packed, n);
    errors[ZSTD_isError(rc) ? ZSTD_getErrorCode(rc) : 0]++;
    packed[i] ^= 0x5a;
  }
  for (int i = 0; i < ZSTD_error_maxCode; i++)
    if (errors[i])
      fprintf(out, "damage %s: %d\n", ZSTD_getErrorString(i), errors[i]);
}

int workload(FILE *out, int quick) {
  failures = 0;
  fill();
  size_t size = quick ? 5000 : maxSize;
  levels(out, size, quick ? 4 : 1);
  levels(out, 0, 12);
  levels(out, 1000, 6);
  parameters(out, size);
  streaming(out, size, 1009);
  streaming(out, size / 20, 17);
  dictionaries(out, quick);
  damage(out);
  fprintf(out, "zstd %s: %d failures\n", ZSTD_versionString(), failures);
  return failures != 0;
}
