// docs/limits.md, inside the program.
#pragma once

#include <span>

#include "base/embedded_file.h"

namespace altis::service {

std::span<const EmbeddedFile> limits_page();

}  // namespace altis::service
