# Programs for Windows, made by mingw-w64's compilers beside everything else.
#
# hotpad_windows_program(<name> FOLDERS <folder>... LINKS <layer>...)
#
# Every .cpp in the folders makes up bin/win64/<name>.exe and
# bin/win32/<name>.exe, each where its compiler is installed. They need no DLL
# but the system's. LINKS is for the layers of includes (Layers.cmake): other
# than here, the folders are no libraries for Windows.

option(HOTPAD_WINDOWS "Build the programs for Windows, where its compilers are" ON)

set(hotpadWindowsFlags -std=c++20 -O2 -g0 -ffunction-sections -fdata-sections
  -D_WIN32_WINNT=0x0A00 -DPSAPI_VERSION=2
  -Wall -Wextra -Wpedantic -Wshadow=local -Wcast-qual -Wextra-semi -Wnon-virtual-dtor
  -Woverloaded-virtual)

function(hotpad_windows_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "FOLDERS;LINKS")
  add_library(${name}Windows INTERFACE)
  target_link_libraries(${name}Windows INTERFACE ${arg_LINKS})
  hotpad_layer(${name}Windows)
  if(NOT HOTPAD_WINDOWS)
    return()
  endif()
  set(sources)
  foreach(folder IN LISTS arg_FOLDERS)
    file(GLOB found RELATIVE ${PROJECT_SOURCE_DIR} CONFIGURE_DEPENDS
      ${PROJECT_SOURCE_DIR}/${folder}/*.cpp)
    list(APPEND sources ${found})
  endforeach()
  foreach(row "64 x86_64" "32 i686")
    separate_arguments(row)
    list(GET row 0 bits)
    list(GET row 1 machine)
    set(variable HOTPAD_MINGW${bits})
    find_program(${variable} ${machine}-w64-mingw32-g++-posix)
    if(NOT ${variable})
      message(STATUS "SKIPPED ${name}.exe for ${bits}-bit Windows: no ${machine}-w64-mingw32-g++-posix")
      continue()
    endif()
    set(objects)
    foreach(source IN LISTS sources)
      set(object ${CMAKE_CURRENT_BINARY_DIR}/win${bits}/${source}.o)
      get_filename_component(folder ${object} DIRECTORY)
      file(MAKE_DIRECTORY ${folder})
      add_custom_command(OUTPUT ${object}
        COMMAND ${CMAKE_CXX_COMPILER_LAUNCHER} ${${variable}} ${hotpadWindowsFlags}
          -I ${PROJECT_SOURCE_DIR} -MD -MF ${object}.d -c ${PROJECT_SOURCE_DIR}/${source} -o ${object}
        DEPENDS ${PROJECT_SOURCE_DIR}/${source}
        DEPFILE ${object}.d
        COMMENT "Building win${bits}/${source}.o"
        VERBATIM)
      list(APPEND objects ${object})
    endforeach()
    set(program ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/win${bits}/${name}.exe)
    file(MAKE_DIRECTORY ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/win${bits})
    add_custom_command(OUTPUT ${program}
      COMMAND ${${variable}} -municode -static -s -Wl,--gc-sections ${objects} -o ${program}
      DEPENDS ${objects}
      COMMENT "Linking win${bits}/${name}.exe"
      VERBATIM)
    add_custom_target(${name}-win${bits} ALL DEPENDS ${program})
    if(TARGET check)
      add_dependencies(check ${name}-win${bits})
    endif()
  endforeach()
endfunction()
