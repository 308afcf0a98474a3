// The files of web/dist, inside the program.
#pragma once

#include <span>
#include <string_view>

namespace altis::service {

struct WebFile {
    std::string_view name;
    std::string_view bytes;
};

std::span<const WebFile> web_files();

}  // namespace altis::service
