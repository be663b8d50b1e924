//===- SignalFrame.cpp ----------------------------------------------------===//
//
// The layout is that of struct rt_sigframe and of what it holds, in the
// kernel's arch/x86/include/asm/sigframe.h and uapi/asm/sigcontext.h:
//
//      0  where the handler returns to
//      8  uc_flags   16 uc_link   24 uc_stack (24 bytes)
//     48  sigcontext (256 bytes); its field at 184 points to the XSAVE area
//    304  uc_sigmask
//
// An XSAVE area in a frame says its size in bytes 464.. and ends in a magic
// word.
//
//===----------------------------------------------------------------------===//

#include "patcher/linux/SignalFrame.h"
#include "llvm/Support/Endian.h"
#include <cpuid.h>
#include <sys/syscall.h>

using namespace llvm;
using support::endian::read64le;
using support::endian::write16le;
using support::endian::write32le;
using support::endian::write64le;

namespace hotpad::live {

namespace {

constexpr size_t kFrameSize = 312;
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

} // namespace

bool isRestarted(const Registers &registers) {
  int64_t result = static_cast<int64_t>(registers.rax);
  return static_cast<int64_t>(registers.orig_rax) >= 0 &&
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

SignalFrame makeSignalFrame(const ThreadState &state, uint64_t top,
                            uint64_t returnAddress) {
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
  write32le(area.data() + 468, static_cast<uint32_t>(size + 4));
  write64le(area.data() + 472, features);
  write32le(area.data() + 480, static_cast<uint32_t>(size));
  write32le(area.data() + size, kMagic2);

  SignalFrame frame;
  uint64_t areaAddress = (top - area.size()) & ~uint64_t(63);
  // As at the entry of a function: 8 below a multiple of 16.
  frame.address = ((areaAddress - kFrameSize) & ~uint64_t(15)) - 8;
  frame.bytes.resize(areaAddress - frame.address);

  // Behind a handler, an interrupted system call is begun anew from user code.
  Registers r = state.registers;
  if (isRestarted(r)) {
    bool isBlock = static_cast<int64_t>(r.rax) == kRestartBlock;
    r.rax = isBlock ? uint64_t(SYS_restart_syscall) : r.orig_rax;
    r.rip -= 2;
  }
  uint8_t *at = frame.bytes.data();
  write64le(at, returnAddress);
  write64le(at + 8, kFlags);
  write32le(at + 32, kBadStackFlags);
  const unsigned long long order[] = {
      r.r8,  r.r9,  r.r10, r.r11, r.r12, r.r13, r.r14, r.r15, r.rdi,
      r.rsi, r.rbp, r.rbx, r.rdx, r.rax, r.rcx, r.rsp, r.rip, r.eflags};
  uint8_t *context = at + 48;
  for (size_t i = 0; i != std::size(order); ++i)
    write64le(context + 8 * i, order[i]);
  write16le(context + 144, static_cast<uint16_t>(r.cs));
  write16le(context + 150, static_cast<uint16_t>(r.ss));
  write64le(context + 184, areaAddress);
  write64le(at + 304, state.signalMask);
  frame.bytes.insert(frame.bytes.end(), area.begin(), area.end());
  return frame;
}

} // namespace hotpad::live
