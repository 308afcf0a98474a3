// A file that the build put into the program (altis_embed in cmake/AltisEmbed.cmake).
#pragma once

#include <string_view>

namespace altis {

struct EmbeddedFile {
    std::string_view name;  // without its folders
    std::string_view bytes;
};

}  // namespace altis
