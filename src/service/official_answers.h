// Questions in plain language about one Games: its books as tables, and the answer as JSON.
#pragma once

#include <string>
#include <string_view>

#include "answers/official.h"
#include "base/result.h"
#include "codec/json.h"
#include "service/world.h"

namespace altis::service {

constexpr std::size_t kMaxCitedRecords = 100;  // of one answer

// What is known now of an edition that questions may be about: medal table, placings of units that
// give medals, schedule. Fails with "answers.too_much_data" over answers::kMaxTableRows.
Result<answers::OfficialData> official_data(const World& world, const std::string& edition);

// {"known": true, "answer", "value", "records": [{"id", "version", "status"}], "link", "watch"},
// with "read_as" where words were taken for misspelt; or {"known": false, "why", "message"}.
// `language` must have a grammar (asserted). Reads no book: any thread.
codec::Json answer_question(answers::OfficialData data, std::string_view language,
                            std::string_view question);

}  // namespace altis::service
