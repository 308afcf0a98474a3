// Editions for what is imported.
#pragma once

#include <map>
#include <string>

#include "app/client.h"
#include "base/result.h"

namespace altis::app {

// Opens the editions, names by id, that the server does not know, as archives: what an import
// brings is no news. Editions that are open stay as they are.
Result<void> open_archives(Client& client, const std::map<std::string, std::string>& editions);

}  // namespace altis::app
