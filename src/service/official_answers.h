// Questions in plain language about one Games: its books as tables, and the answer as JSON.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "answers/official.h"
#include "base/result.h"
#include "codec/json.h"
#include "service/world.h"

namespace altis::service {

constexpr std::size_t kMaxCitedRecords = 100;  // of one answer

// What is known now of an edition that questions may be about: medal table, placings of units that
// give medals, schedule. Fails with "answers.too_much_data" over answers::kMaxTableRows.
Result<answers::OfficialData> official_data(const World& world, const std::string& edition);

// A question and what is known of the Games that it may be about, those most likely meant first.
struct Asked {
    struct About {
        std::string edition;
        std::string question;  // as it is put to them
        answers::OfficialData data;
    };
    std::vector<About> about;
    std::string language;
};

// Puts the question to the edition, or to another one of `others` that it names: the year of that
// one, or its place where the edition itself has no answer. Fails as official_data.
Result<std::vector<Asked::About>> asked_about(const World& world, const std::string& edition,
                                              std::span<const std::string> others,
                                              std::string_view question);

// {"known": true, "edition", "answer", "value", "records": [{"id", "version", "status"}], "link",
// "watch"}, with "read_as" where words were taken for misspelt; or {"known": false, "why",
// "message"}. The language must have a grammar (asserted). Reads no book: any thread.
codec::Json answer_question(Asked asked);

}  // namespace altis::service
