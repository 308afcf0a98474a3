# altis_embed(TARGET HEADER room/files.h FUNCTION altis::room::files FILES path...): puts files into a
# target. The header declares the function, which gives a std::span<const EmbeddedFile>
# (src/base/embedded_file.h).
function(altis_embed TARGET)
    cmake_parse_arguments(EMBED "" "HEADER;FUNCTION" "FILES" ${ARGN})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${EMBED_FILES})
    set(arrays "")
    set(entries "")
    set(count 0)
    foreach(path IN LISTS EMBED_FILES)
        get_filename_component(name ${path} NAME)
        file(READ ${path} hex HEX)
        string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${hex}")
        string(APPEND arrays "constexpr char kFile${count}[] = {${bytes}};\n")
        string(APPEND entries "    {\"${name}\", {kFile${count}, sizeof kFile${count}}},\n")
        math(EXPR count "${count} + 1")
    endforeach()
    string(REGEX MATCH "[a-z_]+$" name ${EMBED_FUNCTION})
    set(source ${CMAKE_CURRENT_BINARY_DIR}/embedded_${name}.cpp)
    file(CONFIGURE OUTPUT ${source} @ONLY CONTENT
"// Generated from files of the source folder.
#include \"@EMBED_HEADER@\"

namespace {
@arrays@
constexpr altis::EmbeddedFile kFiles[] = {
@entries@};
}  // namespace

std::span<const altis::EmbeddedFile> @EMBED_FUNCTION@() {
    return kFiles;
}
")
    target_sources(${TARGET} PRIVATE ${source})
endfunction()
