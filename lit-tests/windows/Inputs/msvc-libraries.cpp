// Compresses and decompresses pictures with libraries that MSVC built, and prints
// what came out. With what of its run-time library they need, and not more.
using Byte = unsigned char;
using Word = unsigned long long;
#ifdef _WIN64
using Size = unsigned long long;
#else
using Size = unsigned;
#endif

namespace squish {
void CompressImage(Byte const *rgba, int width, int height, void *blocks,
                   int flags, float *metric);
void DecompressImage(Byte *rgba, int width, int height, void const *blocks,
                     int flags);
} // namespace squish

extern "C" {
int etc1_encode_image(const Byte *in, unsigned width, unsigned height,
                      unsigned pixelSize, unsigned stride, Byte *out);
int etc1_decode_image(const Byte *in, Byte *out, unsigned width,
                      unsigned height, unsigned pixelSize, unsigned stride);

__declspec(dllimport) void *__stdcall GetStdHandle(unsigned);
__declspec(dllimport) int __stdcall WriteFile(void *, const void *, unsigned,
                                              unsigned *, void *);
__declspec(dllimport) void __stdcall ExitProcess(unsigned);

// The run-time library.
Size __security_cookie = 0xBB40E64E;
int _fltused = 1, __isa_available = 0;
void __report_rangecheckfailure() { ExitProcess(7); }
int _purecall() {
  ExitProcess(8);
  return 0;
}
#ifdef _WIN64
void __security_check_cookie(Size cookie) {
  if (cookie != __security_cookie)
    ExitProcess(9);
}
int __GSHandlerCheck(void *, void *, void *, void *) { return 1; }
int __GSHandlerCheck_EH4(void *, void *, void *, void *) { return 1; }
#else
void __fastcall __security_check_cookie(Size cookie) {
  if (cookie != __security_cookie)
    ExitProcess(9);
}
int __CxxFrameHandler3(void *, void *, void *, void *) { return 1; }
__attribute__((naked)) void _libm_sse2_sqrt_precise() {
  asm("sqrtsd %xmm0, %xmm0\n ret");
}
#endif
void *typeInfoTable[1] = {nullptr};
#ifdef _WIN64
#pragma comment(linker, "/alternatename:??_7type_info@@6B@=typeInfoTable")
#else
#pragma comment(linker, "/alternatename:??_7type_info@@6B@=_typeInfoTable")
#endif
}
void operator delete(void *, Size) noexcept { ExitProcess(10); }

enum { kWidth = 32, kHeight = 32, kPixels = kWidth * kHeight };
static Byte picture[kPixels * 4], blocks[kPixels * 4], back[kPixels * 4];

static Word hashOf(const Byte *bytes, unsigned size) {
  Word hash = 0xCBF29CE484222325;
  for (unsigned i = 0; i != size; ++i)
    hash = (hash ^ bytes[i]) * 0x100000001B3;
  return hash;
}

static void print(const char *name, int flags, Word first, Word second,
                  unsigned error) {
  char line[96];
  unsigned at = 0, written;
  for (; *name; ++name)
    line[at++] = *name;
  auto hex = [&](Word value, int digits) {
    line[at++] = ' ';
    for (int i = digits - 1; i >= 0; --i)
      line[at++] = "0123456789abcdef"[(value >> (4 * i)) & 15];
  };
  hex(Word(flags), 4);
  hex(first, 16);
  hex(second, 16);
  hex(error, 8);
  line[at++] = '\n';
  WriteFile(GetStdHandle(unsigned(-11)), line, at, &written, nullptr);
}

static unsigned errorOf(unsigned size) {
  unsigned sum = 0;
  for (unsigned i = 0; i != size; ++i)
    sum += picture[i] > back[i] ? picture[i] - back[i] : back[i] - picture[i];
  return sum;
}

extern "C" void start() {
  unsigned random = 12345;
  for (unsigned i = 0; i != sizeof(picture); ++i) {
    random = random * 1664525 + 1013904223;
    picture[i] = Byte((i / 64 * 7) + (random >> 28));
  }
  // DXT1, DXT3, DXT5 by cluster fit, range fit, iterative cluster fit.
  static const int formats[] = {1, 2, 4}, fits[] = {8, 16, 256};
  for (int format : formats)
    for (int fit : fits) {
      int flags = format | fit;
      unsigned size = kPixels / 16 * (format == 1 ? 8 : 16);
      squish::CompressImage(picture, kWidth, kHeight, blocks, flags, nullptr);
      squish::DecompressImage(back, kWidth, kHeight, blocks, flags);
      print("squish", flags, hashOf(blocks, size), hashOf(back, sizeof(back)),
            errorOf(sizeof(back)));
    }
  unsigned bytes = kPixels * 3;
  int failed =
      etc1_encode_image(picture, kWidth, kHeight, 3, kWidth * 3, blocks) |
      etc1_decode_image(blocks, back, kWidth, kHeight, 3, kWidth * 3);
  print("etc1", failed, hashOf(blocks, kPixels / 16 * 8), hashOf(back, bytes),
        errorOf(bytes));
  ExitProcess(0);
}
