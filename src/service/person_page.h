// What is held about a fan as a page that a person can read, keep and print.
#pragma once

#include <string>

#include "codec/json.h"

namespace altis::service {

// HTML of an answer of export_fan: one file, no script, nothing loaded from elsewhere; every text
// of the data is escaped. Pure.
std::string person_page(const codec::Json& held);

}  // namespace altis::service
