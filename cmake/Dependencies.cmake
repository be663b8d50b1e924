# The libraries hotpad stands on. The Debian packages are listed in `dev`.

# LLVM's version file accepts the same minor version only: 22.1, not 22.
find_package(LLVM 22.1 REQUIRED CONFIG HINTS /usr/lib/llvm-22/lib/cmake/llvm)
find_package(LLD REQUIRED CONFIG HINTS ${LLVM_INSTALL_PREFIX}/lib/cmake/lld)
find_package(Zydis REQUIRED CONFIG)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
message(STATUS "LLVM ${LLVM_PACKAGE_VERSION} in ${LLVM_INSTALL_PREFIX}")

# LLVM as every hotpad target uses it: one shared library, because LLD's
# archives are built against that one and two copies of LLVM in one process do
# not go together. Its headers are system headers: their warnings are not ours.
add_library(hotpadLLVM INTERFACE)
target_link_libraries(hotpadLLVM INTERFACE LLVM)
target_include_directories(hotpadLLVM SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS})
separate_arguments(hotpadLLVMDefinitions NATIVE_COMMAND "${LLVM_DEFINITIONS}")
target_compile_definitions(hotpadLLVM INTERFACE ${hotpadLLVMDefinitions})
# Classes derived from LLVM's need type information exactly when LLVM has it.
target_compile_options(hotpadLLVM INTERFACE
  -fno-exceptions $<$<NOT:$<BOOL:${LLVM_ENABLE_RTTI}>>:-fno-rtti>)

# LLD links hotpad itself too: in a tenth of the time that ld.bfd takes.
add_link_options(-fuse-ld=lld -B${LLVM_TOOLS_BINARY_DIR})
