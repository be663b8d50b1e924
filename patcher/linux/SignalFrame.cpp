//===- SignalFrame.cpp ----------------------------------------------------===//
//
// The layouts are those of struct rt_sigframe and rt_sigframe_ia32 and of what
// they hold, in the kernel's arch/x86/include/asm/sigframe.h and
// uapi/asm/sigcontext.h:
//
//   64-bit code                            32-bit code
//      0  where the handler returns to        0  the same
//      8  uc_flags   16 uc_link               4  sig   8 pinfo   12 puc
//     24  uc_stack (24 bytes)                16  siginfo (128 bytes)
//     48  sigcontext (256 bytes); its       144  uc_flags   148 uc_link
//         field at 184 points to the        152  uc_stack (12 bytes)
//         XSAVE area                        164  sigcontext (88 bytes); its
//    304  uc_sigmask                             field at 76 points to the x87
//                                                registers as FSAVE writes
//                                                them, which the XSAVE area
//                                                follows
//                                           252  uc_sigmask   260 code (8
//                                           bytes)
//
// An XSAVE area in a frame says its size in bytes 464.. and ends in a magic
// word. Of 32-bit code the kernel takes the x87 registers from FSAVE's image
// and all others from XSAVE's.
//
//===----------------------------------------------------------------------===//

#include "patcher/linux/SignalFrame.h"
#include "llvm/Support/Endian.h"
#include <cpuid.h>

using namespace llvm;
using support::endian::read16le;
using support::endian::read32le;
using support::endian::read64le;
using support::endian::write16le;
using support::endian::write32le;
using support::endian::write64le;

namespace hotpad::live {

namespace {

constexpr size_t kFrameSize64 = 312, kFrameSize32 = 268;
constexpr size_t kFsaveSize = 112;     ///< With two words of status.
constexpr uint32_t kFlags = 1 | 2 | 4; ///< FP_XSTATE, SIGCONTEXT_SS, STRICT
/// No flags that an alternate stack may have: the kernel leaves it as it is.
constexpr uint32_t kBadStackFlags = 0x7000;
constexpr uint32_t kMagic1 = 0x46505853, kMagic2 = 0x46505845;
/// The matrix tiles of AMX, which a process has only when it asked for them.
constexpr uint64_t kTiles = 3ull << 17;

/// What a system call that was interrupted returns inside the kernel.
constexpr int64_t kRestart = -512, kRestartNoInterrupt = -513,
                  kRestartNoHandler = -514, kRestartBlock = -516;

/// Bytes of an XSAVE area with \p features (Intel SDM volume 1, 13.4.3).
size_t areaSize(uint64_t features) {
  size_t size = 512 + 64;
  for (unsigned i = 2; i != 63; ++i) {
    unsigned bytes = 0, offset = 0, ecx = 0, edx = 0;
    if ((features >> i & 1) &&
        __get_cpuid_count(0xd, i, &bytes, &offset, &ecx, &edx))
      size = std::max<size_t>(size, offset + bytes);
  }
  return size;
}

/// All but the x87 registers of 32-bit code.
std::vector<uint8_t> makeArea(const ThreadState &state, size_t before) {
  std::vector<uint8_t> area = state.vectors;
  area.resize(std::max<size_t>(area.size(), 576));
  uint64_t used = read64le(area.data() + 512);
  uint64_t features = read64le(area.data() + 464) | used | 3;
  if (!(used & kTiles))
    features &= ~kTiles;
  size_t size = areaSize(features);
  area.resize(size + 4);
  std::fill(area.begin() + 464, area.begin() + 512, 0);
  write32le(area.data() + 464, kMagic1);
  write32le(area.data() + 468, static_cast<uint32_t>(before + size + 4));
  write64le(area.data() + 472, features);
  write32le(area.data() + 480, static_cast<uint32_t>(size));
  write32le(area.data() + size, kMagic2);
  return area;
}

/// The x87 registers, as FSAVE writes them, of the \p area that has them as
/// FXSAVE does (Intel SDM volume 1, 8.1.10 and 10.5.1). Of a tag the kernel
/// wants to know whether the register is empty.
void putFsave(uint8_t *at, const std::vector<uint8_t> &area, uint16_t cs,
              uint16_t ds) {
  constexpr uint32_t kReserved = 0xffff0000;
  uint16_t control = read16le(&area[0]), status = read16le(&area[2]);
  uint32_t tags = kReserved;
  for (unsigned i = 0; i != 8; ++i)
    if (!(area[4] >> i & 1))
      tags |= 3u << (2 * i);
  const uint32_t words[] = {kReserved | control,
                            kReserved | status,
                            tags,
                            read32le(&area[8]), // the last instruction
                            uint32_t(read16le(&area[6])) << 16 | cs,
                            read32le(&area[16]), // its operand
                            kReserved | ds};
  for (size_t i = 0; i != std::size(words); ++i)
    write32le(at + 4 * i, words[i]);
  for (size_t i = 0; i != 8; ++i)
    std::copy_n(&area[32 + 16 * i], 10, at + 28 + 10 * i);
  write16le(at + 108, status); // behind it zeros: an XSAVE area follows
}

/// Where the thread goes on. Behind a handler, an interrupted system call is
/// begun anew from user code.
Registers registersBehindHandler(const Abi &abi, Registers r) {
  if (isRestarted(abi, r)) {
    bool isBlock = abi.signedWord(r.rax) == kRestartBlock;
    r.rax = isBlock ? abi.restart : r.orig_rax;
    r.rip -= 2;
  }
  return r;
}

void putContext64(uint8_t *frame, const Registers &r, uint64_t area) {
  write64le(frame + 8, kFlags);
  write32le(frame + 32, kBadStackFlags);
  const unsigned long long order[] = {
      r.r8,  r.r9,  r.r10, r.r11, r.r12, r.r13, r.r14, r.r15, r.rdi,
      r.rsi, r.rbp, r.rbx, r.rdx, r.rax, r.rcx, r.rsp, r.rip, r.eflags};
  uint8_t *context = frame + 48;
  for (size_t i = 0; i != std::size(order); ++i)
    write64le(context + 8 * i, order[i]);
  write16le(context + 144, static_cast<uint16_t>(r.cs));
  write16le(context + 150, static_cast<uint16_t>(r.ss));
  write64le(context + 184, area);
}

void putContext32(uint8_t *frame, const Registers &r, uint64_t area) {
  write32le(frame + 144, 1); // FP_XSTATE
  write32le(frame + 156, kBadStackFlags);
  const unsigned long long order[] = {
      r.gs,  r.fs,  r.es, r.ds, r.rdi, r.rsi, r.rbp,    r.rsp, r.rbx, r.rdx,
      r.rcx, r.rax, 0,    0,    r.rip, r.cs,  r.eflags, r.rsp, r.ss,  area};
  for (size_t i = 0; i != std::size(order); ++i)
    write32le(frame + 164 + 4 * i, static_cast<uint32_t>(order[i]));
}

} // namespace

bool isRestarted(const Abi &abi, const Registers &registers) {
  int64_t result = abi.signedWord(registers.rax);
  return abi.signedWord(registers.orig_rax) >= 0 &&
         (result == kRestart || result == kRestartNoInterrupt ||
          result == kRestartNoHandler || result == kRestartBlock);
}

Expected<ThreadState> ThreadState::of(const Thread &thread) {
  ThreadState state;
  Expected<Registers> registers = thread.registers();
  if (!registers)
    return registers.takeError();
  state.registers = *registers;
  Expected<std::vector<uint8_t>> vectors = thread.vectorRegisters();
  if (!vectors)
    return vectors.takeError();
  state.vectors = std::move(*vectors);
  Expected<uint64_t> mask = thread.signalMask();
  if (!mask)
    return mask.takeError();
  state.signalMask = *mask;
  return state;
}

SignalFrame makeSignalFrame(const Abi &abi, const ThreadState &state,
                            uint64_t top, uint64_t returnAddress) {
  bool is64 = abi.bits == patch::Bits::B64;
  size_t fsaveSize = is64 ? 0 : kFsaveSize;
  std::vector<uint8_t> area = makeArea(state, fsaveSize);
  uint64_t areaAddress = (top - area.size()) & ~uint64_t(63);
  uint64_t registersAddress = areaAddress - fsaveSize;
  SignalFrame frame;
  // As at the entry of a function: a word below a multiple of 16.
  frame.address = ((registersAddress - (is64 ? kFrameSize64 : kFrameSize32)) &
                   ~uint64_t(15)) -
                  abi.wordSize;
  frame.bytes.resize(areaAddress - frame.address);
  uint8_t *at = frame.bytes.data();
  Registers r = registersBehindHandler(abi, state.registers);
  write32le(at, static_cast<uint32_t>(returnAddress));
  write64le(at + (is64 ? 304 : 252), state.signalMask);
  if (is64) {
    write32le(at + 4, static_cast<uint32_t>(returnAddress >> 32));
    putContext64(at, r, registersAddress);
  } else {
    putContext32(at, r, registersAddress);
    putFsave(at + (registersAddress - frame.address), area,
             static_cast<uint16_t>(r.cs), static_cast<uint16_t>(r.ds));
  }
  frame.bytes.insert(frame.bytes.end(), area.begin(), area.end());
  return frame;
}

} // namespace hotpad::live
