// The files of web/dist, inside the program.
#pragma once

#include <span>

#include "base/embedded_file.h"

namespace altis::service {

std::span<const EmbeddedFile> web_files();

}  // namespace altis::service
