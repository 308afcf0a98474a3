// Writing ODF.
#pragma once

#include <string>

#include "results/odf.h"

namespace altis::results {

// One message as ODF XML. `parse_odf` reads from it the same message, apart from the warnings and
// whatever had been repaired. Warnings are not written.
std::string write_odf(const OdfMessage& message);

}  // namespace altis::results
