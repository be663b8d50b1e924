# The layers of the project. A folder is one static library; its link list says
# which layers lie below it, and is the only place that says so:
#
#   hotpad_library(hotpadElf LINKS hotpadCore)
#
# All includes start at the root of the repository, so the compiler alone would
# let a lower layer include a higher one. hotpad_write_layers() therefore writes
# the link lists to layers.txt, and the test `house.layers` (checkLayers.py)
# reads every #include against it.

# hotpad_library(<name> [LINKS <target>...] [SEES <target>:<header>...])
#
# Every .cpp in the current folder (not below it) makes up the library. SEES is
# a link with a peephole: of that target only the named header may be included.
# A folder without a .cpp is an interface library.
function(hotpad_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINKS;SEES")
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  set(links ${arg_LINKS})
  foreach(pair IN LISTS arg_SEES)
    string(REGEX REPLACE ":.*" "" target ${pair})
    list(APPEND links ${target})
  endforeach()
  if(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC ${links} PRIVATE hotpadWarnings)
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE ${links})
    target_include_directories(${name} INTERFACE ${PROJECT_SOURCE_DIR})
  endif()
  hotpad_layer(${name} SEES ${arg_SEES})
endfunction()

# hotpad_layer(<name> [SEES <target>:<header>...])
#
# Enters a target's folder and link list in layers.txt; for targets made by hand.
function(hotpad_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SEES")
  get_target_property(type ${name} TYPE)
  if(type STREQUAL INTERFACE_LIBRARY)
    get_target_property(links ${name} INTERFACE_LINK_LIBRARIES)
  else()
    get_target_property(links ${name} LINK_LIBRARIES)
  endif()
  foreach(pair IN LISTS arg_SEES)
    string(REGEX REPLACE ":.*" "" target ${pair})
    list(REMOVE_ITEM links ${target})
  endforeach()
  get_target_property(path ${name} SOURCE_DIR)
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${path})
  list(JOIN links " " links)
  list(JOIN arg_SEES " " sees)
  set_property(GLOBAL APPEND_STRING PROPERTY HOTPAD_LAYERS
    "${folder} ${name} ${links} ${sees}\n")
endfunction()

function(hotpad_write_layers)
  get_property(layers GLOBAL PROPERTY HOTPAD_LAYERS)
  file(WRITE ${PROJECT_BINARY_DIR}/layers.txt "${layers}")
endfunction()
