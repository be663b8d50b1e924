//===- Print.h - what a command did, to people and programs -----*- C++ -*-===//
#ifndef HOTPAD_PATCHER_WINDOWS_PRINT_H
#define HOTPAD_PATCHER_WINDOWS_PRINT_H

#include "patcher/windows/Options.h"

namespace hotpad::windows {

/// To people: the functions and a last line; what status finds is a result,
/// what the others did goes to stderr.
void printText(const Options &options, const Report &report);
void printJson(const Options &options, const Report &report);

} // namespace hotpad::windows

#endif
