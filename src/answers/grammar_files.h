// The data files of this room, put into the program by the build.
#pragma once

#include <span>

#include "base/embedded_file.h"

namespace altis::answers {

std::span<const EmbeddedFile> grammar_files();  // grammar/en.txt and its like, by language
std::span<const EmbeddedFile> country_files();  // countries.txt

}  // namespace altis::answers
