# altis_web_files(TARGET): puts the files of web/dist into a target (src/service/web_files.h).
function(altis_web_files TARGET)
    file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/web/dist/*)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${files})
    set(arrays "")
    set(entries "")
    set(count 0)
    foreach(path IN LISTS files)
        get_filename_component(name ${path} NAME)
        file(READ ${path} hex HEX)
        string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${hex}")
        string(APPEND arrays "constexpr char kFile${count}[] = {${bytes}};\n")
        string(APPEND entries "    {\"${name}\", {kFile${count}, sizeof kFile${count}}},\n")
        math(EXPR count "${count} + 1")
    endforeach()
    set(source ${CMAKE_CURRENT_BINARY_DIR}/web_files.cpp)
    file(CONFIGURE OUTPUT ${source} @ONLY CONTENT
"// Generated from web/dist.
#include \"service/web_files.h\"

namespace altis::service {
namespace {
@arrays@
constexpr WebFile kFiles[] = {
@entries@};
}  // namespace

std::span<const WebFile> web_files() {
    return kFiles;
}

}  // namespace altis::service
")
    target_sources(${TARGET} PRIVATE ${source})
endfunction()
