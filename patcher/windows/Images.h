//===- Images.h - the hot-patchable files of a process ----------*- C++ -*-===//
//
// What can be patched is read from the files that a process has loaded: the
// list of entries, the slots, names, and what code is without a patch. So each
// file has to be the one that was loaded; headers and list are compared here,
// each function's bytes when its state is read.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PATCHER_WINDOWS_IMAGES_H
#define HOTPAD_PATCHER_WINDOWS_IMAGES_H

#include "patcher/pe/PeFile.h"
#include "patcher/windows/Process.h"

namespace hotpad::windows {

struct Image {
  Module module;
  patch::PeFile file;
  /// What the process has in each section of code, as when it was read.
  std::vector<std::pair<uint64_t, std::vector<uint8_t>>> code;

  uint64_t base() const { return module.base; }
  bool contains(uint64_t address) const {
    return address >= base() && address - base() < file.sizeOfImage();
  }
  bool isSlot(uint64_t address) const;
  /// False when these are not all in code of the image.
  bool readCode(uint64_t address, std::span<uint8_t> out) const;
};

struct Images {
  std::string program;
  std::vector<std::unique_ptr<Image>> all; ///< With a list of functions.
  std::vector<Module> others;
};

/// Fails when the process is of the other width, when a file is not what is
/// loaded, or when nothing is hot-patchable.
Images readImages(Process &process);

std::vector<uint8_t> readFile(const std::string &path);
/// Whether \p file is what is loaded at \p base.
bool isLoadedAt(Process &process, const patch::PeFile &file, uint64_t base);

} // namespace hotpad::windows

#endif
