//===- Mutate.cpp - the rewriter on damaged objects -----------------------===//
//
//   test-mutations [--count=N] [--seed=N] [--strict] [--only=N [--save=FILE]]
//       FILE...
//
// Damages objects and archives in N ways that depend on nothing but the seed,
// and hands each to the rewriter, in process. It must say what is wrong or make
// a file that --verify accepts and that can be rewritten again; it must not
// crash, and not think for more than a few seconds. What goes wrong is printed
// with its number, and --only=N --save=FILE makes the input again. With
// --strict it is wrong, too, when --verify has to find what the rewriter did
// not.
//
//===----------------------------------------------------------------------===//

#include "fuzz/Exercise.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/BinaryFormat/COFF.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Parallel.h"
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <random>
#include <unistd.h>

using namespace llvm;
using namespace hotpad;

namespace {

using Bytes = std::vector<uint8_t>;

constexpr unsigned kSecondsForOne = 10;

uint64_t current = 0; // for the signal handler

void onSignal(int signal) {
  char text[96];
  int size = snprintf(text, sizeof(text), "mutation %llu: %s\n",
                      static_cast<unsigned long long>(current),
                      signal == SIGALRM ? "does not end" : "crash");
  if (write(STDERR_FILENO, text, static_cast<size_t>(size)) < 0)
    _exit(4);
  std::signal(signal, SIG_DFL);
  raise(signal);
}

/// Numbers that are wrong in most places.
constexpr uint64_t kEvil[] = {0,
                              1,
                              2,
                              3,
                              7,
                              8,
                              15,
                              16,
                              127,
                              128,
                              255,
                              256,
                              0x7FFF,
                              0x8000,
                              0xFF00,
                              0xFFFF,
                              0x10000,
                              0x7FFFFFFF,
                              0x80000000,
                              0xFFFFFFF0,
                              0xFFFFFFFF,
                              0x100000000,
                              0x7FFFFFFFFFFFFFFF,
                              0x8000000000000000,
                              0xFFFFFFFFFFFFFFFF};

class Mutator {
public:
  Mutator(const std::vector<Bytes> &objects, uint64_t seed)
      : objects(objects), random(seed) {}

  Bytes make() {
    Bytes bytes = objects[below(objects.size())];
    for (uint64_t left = 1 + below(4); left != 0 && !bytes.empty(); --left)
      damage(bytes);
    return bytes;
  }

private:
  uint64_t below(uint64_t limit) { return limit ? random() % limit : 0; }

  void damage(Bytes &bytes) {
    switch (below(10)) {
    case 0: // a bit
      bytes[below(bytes.size())] ^= static_cast<uint8_t>(1 << below(8));
      break;
    case 1: // a byte
      bytes[below(bytes.size())] = static_cast<uint8_t>(random());
      break;
    case 2: { // a few bytes
      uint64_t at = below(bytes.size());
      for (uint64_t i = 0, n = 1 + below(8); i != n && at + i < bytes.size();
           ++i)
        bytes[at + i] = static_cast<uint8_t>(random());
      break;
    }
    case 3: // the end is missing
      if (below(4) == 0)
        bytes.resize(below(bytes.size()));
      break;
    case 4: { // a piece of another object
      const Bytes &other = objects[below(objects.size())];
      uint64_t from = below(other.size()), to = below(bytes.size());
      uint64_t size = std::min({1 + below(64), uint64_t(other.size()) - from,
                                uint64_t(bytes.size()) - to});
      std::copy_n(other.begin() + static_cast<long>(from), size,
                  bytes.begin() + static_cast<long>(to));
      break;
    }
    case 5: // a number in a section header
    case 6:
      damageHeader(bytes);
      break;
    default: // a number in a section
      damageSection(bytes);
    }
  }

  void put(Bytes &bytes, uint64_t at, unsigned width) {
    uint64_t value = kEvil[below(std::size(kEvil))];
    if (below(3) == 0)
      value = below(1 + bytes.size());
    for (unsigned i = 0; i != width && at + i < bytes.size(); ++i)
      bytes[at + i] = static_cast<uint8_t>(value >> (8 * i));
  }

  static bool is64(const Bytes &bytes) {
    return bytes.size() > ELF::EI_CLASS &&
           bytes[ELF::EI_CLASS] != ELF::ELFCLASS32;
  }

  /// The address-sized number at \p at64, or in a 32-bit file at \p at32.
  static uint64_t word(const Bytes &bytes, uint64_t at64, uint64_t at32) {
    return is64(bytes) ? support::endian::read64le(bytes.data() + at64)
                       : support::endian::read32le(bytes.data() + at32);
  }

  static uint64_t read(const Bytes &bytes, uint64_t at, unsigned width) {
    uint64_t value = 0;
    for (unsigned i = 0; i != width && at + i < bytes.size(); ++i)
      value |= uint64_t(bytes[at + i]) << (8 * i);
    return value;
  }

  /// Where an object begins: at 0, or behind the header of a member.
  uint64_t object(const Bytes &bytes) {
    StringRef text = toStringRef(bytes);
    std::vector<uint64_t> begins;
    uint64_t at = 8, size;
    if (!text.starts_with("!<arch>\n"))
      return 0;
    while (at + 60 <= text.size() &&
           !text.substr(at + 48, 10).rtrim().getAsInteger(10, size)) {
      begins.push_back(at + 60);
      at += 60 + size + size % 2;
    }
    return begins.empty() ? 0 : begins[below(begins.size())];
  }

  struct Record {
    uint64_t object = 0; ///< File offset.
    uint64_t at = 0;     ///< File offset of the record; 0: there is none.
    bool isElf = false;
  };

  /// Some section header.
  Record header(const Bytes &bytes) {
    Record record;
    record.object = object(bytes);
    record.isElf = read(bytes, record.object, 4) == 0x464C457F;
    uint64_t table = COFF::Header16Size, size = COFF::SectionSize;
    uint64_t count = read(bytes, record.object + 2, 2);
    if (record.isElf) {
      table = read(bytes, record.object + 40, 8);
      count = read(bytes, record.object + 60, 2);
      size = sizeof(ELF::Elf64_Shdr);
    } else if (read(bytes, record.object, 4) == 0xFFFF0000) { // a big one
      table = COFF::Header32Size;
      count = read(bytes, record.object + 44, 4);
    }
    uint64_t at = record.object + table + below(count) * size;
    if (count != 0 && at < bytes.size() && bytes.size() - at >= size)
      record.at = at;
    return record;
  }

  void damageHeader(Bytes &bytes) {
    static constexpr unsigned kElf[][2] = {{0, 4},  {4, 4},  {8, 8},  {16, 8},
                                           {24, 8}, {32, 8}, {40, 4}, {44, 4},
                                           {48, 8}, {56, 8}};
    static constexpr unsigned kCoff[][2] = {{0, 2},  {4, 4},  {8, 4},  {12, 4},
                                            {16, 4}, {20, 4}, {24, 4}, {28, 4},
                                            {32, 2}, {34, 2}, {36, 4}};
    Record record = header(bytes);
    ArrayRef<unsigned[2]> fields = kElf;
    if (!record.isElf)
      fields = kCoff;
    if (!record.isElf && below(3) == 0) {
      damageSymbol(bytes, record.object);
      return;
    }
    const auto &field = fields[below(fields.size())];
    if (record.at != 0)
      put(bytes, record.at + field[0], field[1]);
    else if (bytes.size() > 64)
      put(bytes, record.object + below(64), 1u << below(4));
  }

  /// A field of a symbol or auxiliary record of a COFF object.
  void damageSymbol(Bytes &bytes, uint64_t object) {
    static constexpr unsigned kFields[][2] = {{0, 4},  {4, 4},  {8, 4}, {12, 2},
                                              {14, 2}, {16, 1}, {17, 1}};
    bool isBig = read(bytes, object, 4) == 0xFFFF0000;
    uint64_t table = read(bytes, object + (isBig ? 48 : 8), 4);
    uint64_t count = read(bytes, object + (isBig ? 52 : 12), 4);
    const auto &field = kFields[below(std::size(kFields))];
    put(bytes,
        object + table + below(count) * (isBig ? 20 : 18) + field[0] +
            (isBig && field[0] > 12 ? 2 : 0),
        field[1]);
  }

  void damageSection(Bytes &bytes) {
    Record record = header(bytes);
    if (record.at == 0)
      return;
    uint64_t begin = record.isElf ? read(bytes, record.at + 24, 8)
                                  : read(bytes, record.at + 20, 4);
    uint64_t size = record.isElf ? read(bytes, record.at + 32, 8)
                                 : read(bytes, record.at + 16, 4);
    // Of COFF, the relocations too, which no header of their own is for.
    if (!record.isElf && below(3) == 0) {
      begin = read(bytes, record.at + 24, 4);
      size = read(bytes, record.at + 32, 2) * COFF::RelocationSize;
    }
    if (begin >= bytes.size() || record.object >= bytes.size() - begin)
      return;
    begin += record.object;
    if (size == 0 || size > bytes.size() - begin)
      return;
    unsigned width = 1u << below(4);
    uint64_t offset = below(size);
    if (below(2) == 0)
      offset -= offset % width;
    put(bytes, begin + offset, width);
  }

  const std::vector<Bytes> &objects;
  std::mt19937_64 random;
};

bool takeNumber(StringRef argument, StringRef name, uint64_t &value) {
  return argument.consume_front(name) && !argument.getAsInteger(10, value);
}

} // namespace

int main(int argc, char **argv) {
  uint64_t count = 1000, seed = 1, only = ~0ull;
  bool strict = false;
  std::string save;
  std::vector<Bytes> objects;
  for (int i = 1; i != argc; ++i) {
    StringRef argument = argv[i];
    if (takeNumber(argument, "--count=", count) ||
        takeNumber(argument, "--seed=", seed) ||
        takeNumber(argument, "--only=", only))
      continue;
    if (argument == "--strict") {
      strict = true;
      continue;
    }
    if (argument.consume_front("--save=")) {
      save = argument.str();
      continue;
    }
    auto buffer = MemoryBuffer::getFile(argument, false, false);
    if (!buffer) {
      errs() << argument << ": " << buffer.getError().message() << '\n';
      return 2;
    }
    auto bytes = arrayRefFromStringRef((*buffer)->getBuffer());
    objects.emplace_back(bytes.begin(), bytes.end());
  }
  if (objects.empty()) {
    errs() << "no object\n";
    return 2;
  }
  parallel::strategy = hardware_concurrency(1);
  for (int signal : {SIGSEGV, SIGABRT, SIGALRM, SIGFPE, SIGILL, SIGBUS})
    std::signal(signal, onSignal);

  // What the outcome depends on in the rewriter itself.
  std::vector<Config> configs(4);
  configs[1].stripDebug = configs[2].stripDebug = configs[3].stripDebug = true;
  configs[2].nopEntries = true;
  configs[3].layout = cantFail(findLayout("patchable:16,8"));
  for (Config &config : configs)
    config.verify = true;

  uint64_t outcomes[3] = {}, byVerify = 0, wrong = 0;
  for (uint64_t i = 0; i != count; ++i) {
    if (only != ~0ull && i != only)
      continue;
    current = i;
    Bytes bytes = Mutator(objects, seed * 1000003 + i).make();
    if (!save.empty()) {
      std::error_code code;
      raw_fd_ostream out(save, code);
      if (!code)
        out << toStringRef(bytes);
    }
    alarm(kSecondsForOne);
    Exercised result = exercise(bytes, configs[i % configs.size()]);
    alarm(0);
    ++outcomes[static_cast<unsigned>(result.outcome)];
    if (only != ~0ull)
      outs() << result.message << '\n';
    // Caught in time; but the rewriter should have said it earlier.
    if (StringRef(result.message).contains("verify: ")) {
      ++byVerify;
      if (strict)
        result.wrong = result.message;
    }
    if (result.wrong.empty())
      continue;
    ++wrong;
    errs() << "mutation " << i << ": " << result.wrong << '\n';
  }
  outs() << outcomes[0] << " refused (" << byVerify << " by --verify), "
         << outcomes[1] << " unchanged, " << outcomes[2] << " rewritten, "
         << wrong << " wrong\n";
  return wrong == 0 ? 0 : 1;
}
